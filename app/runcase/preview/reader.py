"""The one table of readers, and the choice among them: by content first, by name second."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from runcase.errors import PreviewError
from runcase.preview import draw, encoding, image, mlmodel, page, raw, table, text, tree
from runcase.preview.document import Document
from runcase.preview.source import Source


@dataclass(frozen=True, slots=True)
class Reader:
    """A family of files and the function that reads it.

    Args:
        name: In words, as "Not shown as …" needs it.
        suffixes: Lower-case name endings, with their dots.
        magic: First bytes, any of them; a file that has them is tried first.
        names: Whole file names.
        reads_folder: Whether it also reads other files below the request's root.
    """

    name: str
    read: Callable[[Source], Document]
    suffixes: tuple[str, ...] = ()
    magic: tuple[bytes, ...] = ()
    names: tuple[str, ...] = ()
    reads_folder: bool = False

    def knows_content(self, source: Source) -> bool:
        """Say whether the file's first bytes are this reader's."""
        return source.head.startswith(self.magic)

    def knows_name(self, source: Source) -> bool:
        """Say whether the file's name is this reader's."""
        return source.name in self.names or source.name.lower().endswith(self.suffixes)


READERS: tuple[Reader, ...] = (
    Reader("git-LFS pointer", text.read, magic=(b"version https://git-lfs.github.com/spec/v1",)),
    Reader(
        "a picture",
        image.read,
        (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
        (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"),
    ),
    Reader("a Parquet table", table.read_parquet, (".parquet", ".pq"), (b"PAR1",)),
    Reader("a model", mlmodel.read, names=("MLmodel",), reads_folder=True),
    Reader("an SVG picture", draw.read_svg, (".svg",), (b"<svg",)),
    Reader(
        "a page",
        page.read_html,
        (".html", ".htm"),
        (b"<!DOCTYPE html", b"<!doctype html"),
        reads_folder=True,
    ),
    Reader("a page", page.read_markdown, (".md", ".markdown"), reads_folder=True),
    Reader("a JSON tree", tree.read_json, (".json", ".ipynb", ".geojson")),
    Reader("a YAML tree", tree.read_yaml, (".yaml", ".yml")),
    Reader("a table", table.read_csv, (".csv", ".tsv", ".tab")),
)
# RIFF is a container of many formats, so its magic is not at the start.
_WEBP = Reader("a picture", image.read)


def open_document(source: Source) -> Document:
    """Return a file as the first kind that it is; raises `UnreadableError` if bytes fail too.

    A reader that fails is named in the document's note; the last resorts are text and bytes.
    """
    failures: list[str] = []
    for reader in candidates(source):
        try:
            document = reader.read(source)
        except PreviewError as error:
            failures.append(f"Not shown as {reader.name}. {error.message}")
            continue
        except MemoryError:
            failures.append(f"Not shown as {reader.name}. It takes too much memory.")
            continue
        return _noted(document, failures)
    return _noted(raw.read(source), failures)


def candidates(source: Source) -> tuple[Reader, ...]:
    """Return the readers to try, the likeliest first; none when bytes are what is wanted."""
    if source.request.as_bytes or not source.head:
        return ()
    found = [reader for reader in READERS if reader.magic and reader.knows_content(source)]
    if source.head[:4] == b"RIFF" and source.head[8:12] == b"WEBP":
        found.append(_WEBP)
    named = [reader for reader in READERS if reader.knows_name(source) and reader not in found]
    is_text = encoding.detect(source.head) is not None
    # A name alone does not make a picture of text, nor a tree of binary data; but the person
    # shall read why the picture that the name promised is not shown.
    last = [Reader("text", text.read)] if is_text else []
    return (*found, *(named if not found else ()), *last)


def _noted(document: Document, failures: list[str]) -> Document:
    notes = [*failures, document.note] if document.note else failures
    return replace(document, note=" ".join(notes)) if failures else document
