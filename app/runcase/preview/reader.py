"""The one table of readers, and the choice among them: by content first, by name second."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from runcase.errors import PreviewError
from runcase.preview import (
    archive,
    array_file,
    boosting,
    catboost,
    database,
    draw,
    encoding,
    geojson,
    hdf5,
    image,
    keras,
    log,
    media,
    mlmodel,
    notebook,
    onnx,
    page,
    pdf,
    pickles,
    raw,
    table,
    table_csv,
    text,
    tree,
    weights,
    workbook,
    xgboost_old,
)
from runcase.preview.document import Document
from runcase.preview.source import Source
from runcase.preview.table_query import QueryError


@dataclass(frozen=True, slots=True)
class Reader:
    """A family of files and the function that reads it.

    Args:
        name: In words, as "Not shown as …" needs it.
        suffixes: Lower-case name endings, with their dots.
        magic: First bytes, any of them; a file that has them is tried first.
        names: Whole file names.
        reads_folder: Whether it also reads other files below the request's root.
        calls_native: Whether it calls a library through ctypes.
        looks: Says whether the first bytes are this reader's where they are not at the start.
    """

    name: str
    read: Callable[[Source], Document]
    suffixes: tuple[str, ...] = ()
    magic: tuple[bytes, ...] = ()
    names: tuple[str, ...] = ()
    reads_folder: bool = False
    calls_native: bool = False
    looks: Callable[[Source], bool] | None = None

    def knows_content(self, source: Source) -> bool:
        """Say whether the file's first bytes are this reader's."""
        if self.looks is not None and self.looks(source):
            return True
        return bool(self.magic) and source.head.startswith(self.magic)

    def knows_name(self, source: Source) -> bool:
        """Say whether the file's name is this reader's."""
        return source.name in self.names or source.name.lower().endswith(self.suffixes)


def _zip(source: Source) -> Document:
    return archive.read_zip(source, open_document)


def _tar(source: Source) -> Document:
    return archive.read_tar(source, open_document)


def _gzip(source: Source) -> Document:
    return archive.read_gzip(source, open_document)


def _is_webp(source: Source) -> bool:
    # RIFF is a container of many formats, so its magic is not at the start.
    return source.head[:4] == b"RIFF" and source.head[8:12] == b"WEBP"


def _is_avif(source: Source) -> bool:
    return source.head[4:12] in (b"ftypavif", b"ftypavis")


def _is_zip_of(*suffixes: str) -> Callable[[Source], bool]:
    return lambda source: source.head.startswith(_ZIP) and source.suffix in suffixes


def _is_torch(source: Source) -> bool:
    # Its members lie in one folder; TorchScript writes the tensors before their pickle.
    head = source.head
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")].partition(b"/")[2]
    return head.startswith(_ZIP) and (b"data.pkl" in head[:512] or first == b"data/0")


def _is_keras(source: Source) -> bool:
    named = source.suffix == ".keras" or b"metadata.json" in source.head[:64]
    return source.head.startswith(_ZIP) and named and source.suffix != ".zip"


def _is_pickle(source: Source) -> bool:
    head = source.head
    if len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5:
        return True
    compressed = head[:2] in (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
    return compressed and source.suffix in _PICKLES


def _is_tar(source: Source) -> bool:
    return source.head[257:262] == b"ustar"


def _is_log_table(source: Source) -> bool:
    return re.match(rb'\s*\{\s*"columns"\s*:\s*\[', source.head) is not None


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PICKLES = (".pkl", ".pickle", ".joblib", ".b", ".bin", ".pt", ".pth", ".ckpt")
READERS: tuple[Reader, ...] = (
    Reader("git-LFS pointer", text.read, magic=(b"version https://git-lfs.github.com/spec/v1",)),
    Reader(
        "a picture",
        image.read,
        (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".ico"),
        (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM"),
        looks=lambda source: _is_webp(source) or _is_avif(source),
    ),
    Reader("a PDF", pdf.read, (".pdf",), (b"%PDF-",), calls_native=True),
    Reader("a Parquet table", table.read_parquet, (".parquet", ".pq"), (b"PAR1",)),
    Reader("an Arrow table", table.read_arrow, (".feather", ".arrow", ".ipc"), (b"ARROW1",)),
    Reader("a database", database.read, magic=(b"SQLite format 3\0",)),
    Reader("an array", array_file.read_npy, (".npy",), (b"\x93NUMPY",)),
    Reader("arrays", array_file.read_npz, looks=_is_zip_of(".npz")),
    Reader("a workbook", workbook.read, (".xls",), looks=_is_zip_of(".xlsx", ".xlsm", ".ods")),
    Reader("a PyTorch file", weights.read_torch, looks=_is_torch),
    Reader("a PyTorch file", weights.read_old_torch, magic=(weights.OLD_TORCH,)),
    Reader("a Keras model", keras.read, looks=_is_keras),
    Reader("an archive", _zip, magic=_ZIP),
    Reader("an archive", _tar, (".tar", ".tgz", ".tbz2", ".txz"), looks=_is_tar),
    Reader("a gzip file", _gzip, magic=(b"\x1f\x8b",)),
    Reader("an archive", _tar, magic=(b"BZh", b"\xfd7zXZ\0")),
    Reader("an HDF5 file", hdf5.read, magic=(hdf5.SIGNATURE,)),
    Reader("GGUF weights", weights.read_gguf, magic=(b"GGUF",)),
    Reader("a CatBoost model", catboost.read, magic=(b"CBM1",)),
    Reader("a LightGBM model", boosting.read_lightgbm, magic=(b"tree\nversion=",)),
    Reader("an XGBoost model", boosting.read_xgboost, looks=boosting.is_ubjson_model),
    Reader("an XGBoost model", boosting.read_xgboost, looks=boosting.is_xgboost_json),
    Reader(
        "an XGBoost model", xgboost_old.read, magic=(xgboost_old.MAGIC,), looks=xgboost_old.looks
    ),
    Reader("sound or video", media.read, looks=media.is_media),
    Reader("a pickle", pickles.read, looks=_is_pickle),
    Reader(
        "safetensors", weights.read_safetensors, (".safetensors",), looks=weights.is_safetensors
    ),
    Reader("an MLflow table", table.read_log_table, looks=_is_log_table),
    Reader("a model", mlmodel.read, names=("MLmodel",), reads_folder=True),
    Reader("an ONNX model", onnx.read, (".onnx",)),
    Reader("a pickle", pickles.read, (".pkl", ".pickle", ".joblib")),
    Reader("an SVG picture", draw.read_svg, (".svg",), (b"<svg",)),
    Reader(
        "a page",
        page.read_html,
        (".html", ".htm"),
        (b"<!DOCTYPE html", b"<!doctype html"),
        reads_folder=True,
    ),
    Reader("a page", page.read_markdown, (".md", ".markdown"), reads_folder=True),
    Reader("a notebook", notebook.read, (".ipynb",)),
    Reader("a map", geojson.read, (".geojson",)),
    Reader("a JSON tree", tree.read_json, (".json", ".ipynb", ".geojson")),
    Reader("a table", table.read_json_lines, (".jsonl", ".ndjson")),
    Reader("a tree", tree.read_json_lines, (".jsonl", ".ndjson")),
    Reader("a YAML tree", tree.read_yaml, (".yaml", ".yml")),
    Reader("a TOML tree", tree.read_toml, (".toml",)),
    Reader("a table", table_csv.read_csv, (".csv", ".tsv", ".tab")),
)


def open_document(source: Source) -> Document:
    """Return a file as the first kind that it is; raises `UnreadableError` if bytes fail too.

    A reader that fails is named in the document's note; the last resorts are text and bytes.
    """
    failures: list[str] = []
    for reader in candidates(source):
        try:
            document = reader.read(source)
        except QueryError:
            raise
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
    found = [reader for reader in READERS if reader.knows_content(source)]
    named = [reader for reader in READERS if reader.knows_name(source) and reader not in found]
    is_text = encoding.detect(source.head) is not None
    # A name alone does not make a picture of text, nor a tree of binary data; but the person
    # shall read why the picture that the name promised is not shown.
    last = [Reader("text", text.read)] if is_text else []
    if is_text and (source.size > text.TEXT_BYTES or log.is_log(source)):
        last.insert(0, Reader("a log", log.read))
    return (*found, *(named if not found else ()), *last)


def _noted(document: Document, failures: list[str]) -> Document:
    notes = [*failures, document.note] if document.note else failures
    return replace(document, note=" ".join(notes)) if failures else document
