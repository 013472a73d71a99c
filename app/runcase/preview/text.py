"""Text and code: decoding, what language it is, and its highlighting."""

import codecs
import re
import time
from array import array
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from runcase.errors import UnreadableError
from runcase.preview import encoding
from runcase.preview.document import HIGHLIGHT_KINDS, Text
from runcase.preview.source import Source

TEXT_BYTES = 2 * 1024 * 1024
HIGHLIGHT_CHARACTERS = 400_000
# One line of a megabyte makes QPlainTextEdit lay out for seconds.
LINE_CHARACTERS = 20_000
_COUNTED_BYTES = 256 * 1024 * 1024
_LEX_SECONDS = 2.0
_LFS = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\r?\n(?:.*\n)*?size (\d+)")

# The innermost Pygments token type that has a kind wins.
_KINDS = {
    "Keyword": "keyword",
    "Operator.Word": "keyword",
    "Name.Builtin.Pseudo": "keyword",
    "Literal.String": "string",
    "Literal.Number": "number",
    "Comment": "comment",
    "Name.Function": "name",
    "Name.Class": "name",
    "Name.Decorator": "attribute",
    "Name.Tag": "tag",
    "Name.Attribute": "attribute",
    "Generic.Heading": "heading",
    "Generic.Subheading": "heading",
    "Generic.Inserted": "added",
    "Generic.Deleted": "removed",
    "Generic.Error": "error",
}
_LANGUAGES_BY_NAME = {
    "MLmodel": "yaml",
    "conda.yaml": "yaml",
    "Dockerfile": "docker",
    "Makefile": "make",
    "MLproject": "yaml",
}
_LANGUAGES_BY_SUFFIX = {".jsonl": "json", ".ndjson": "json", ".ipynb": "json", ".geojson": "json"}


def read(source: Source) -> Text:
    """Decode and highlight the start of a text file; raises `UnreadableError` if it is binary."""
    codec = encoding.detect(source.head)
    if codec is None:
        raise UnreadableError(f"{source.name} is not text.")
    pointer = _LFS.match(source.head)
    text = _decode(source.read(TEXT_BYTES), codec, whole=source.size <= TEXT_BYTES)
    language = "" if pointer else language_of(source.name, text)
    document = make(source.name, source.size, text, language)
    note = f"This is a git-LFS pointer: {_lfs_words(pointer)}" if pointer else document.note
    return replace(
        document,
        note=note,
        encoding=encoding.label(codec),
        lines=document.lines if source.size <= TEXT_BYTES else _count_lines(source, codec),
        truncated=document.truncated or source.size > TEXT_BYTES,
    )


def make(name: str, size: int, text: str, language: str) -> Text:
    """Build the document of a text that is already decoded, with its highlighting."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    note = ""
    if any(len(line) > LINE_CHARACTERS for line in text.split("\n")):
        text = "\n".join(_cut(line) for line in text.split("\n"))
        note = f"Lines longer than {LINE_CHARACTERS:,} characters are cut."
    return Text(
        name=name,
        size=size,
        note=note,
        text=text,
        encoding="UTF-8",
        language=language,
        spans=highlight(text, language),
        lines=lines,
        truncated=bool(note),
    )


def language_of(name: str, text: str) -> str:
    """Return Pygments' alias for a file's language by its name or its `#!` line, or nothing."""
    # Pygments costs 60 ms to import: only the worker process, at the first text, pays it.
    from pygments.lexers import find_lexer_class_for_filename

    if name in _LANGUAGES_BY_NAME:
        return _LANGUAGES_BY_NAME[name]
    suffix = "." + name.rpartition(".")[2].lower() if "." in name else ""
    if suffix in _LANGUAGES_BY_SUFFIX:
        return _LANGUAGES_BY_SUFFIX[suffix]
    if re.fullmatch(r"(constraints|.*requirements.*)\.(txt|in)", name):
        return "requirements"
    if re.match(r"#!.*\bpython", text):
        return "python"
    if re.match(r"#!.*\b(ba|z|k)?sh\b", text):
        return "bash"
    found = find_lexer_class_for_filename(name)
    aliases: list[str] = list(found.aliases) if found is not None else []
    return aliases[0] if aliases and aliases[0] != "text" else ""


def _decode(data: bytes, codec: str, whole: bool) -> str:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    return decoder.decode(data, final=whole).replace("\0", "\N{SYMBOL FOR NULL}")


def _cut(line: str) -> str:
    return line if len(line) <= LINE_CHARACTERS else line[:LINE_CHARACTERS] + " …"


def _count_lines(source: Source, codec: str) -> int | None:
    if source.size > _COUNTED_BYTES:
        return None
    lines, last = 0, "\n"
    decoder = codecs.getincrementaldecoder(codec)("replace")
    with source.open() as file:
        while chunk := file.read(1 << 20):
            text = decoder.decode(chunk)
            lines += text.count("\n")
            last = text[-1:] or last
    return lines + (last != "\n")


def _lfs_words(pointer: re.Match[bytes]) -> str:
    size = int(pointer.group(1))
    return (
        f"the file itself ({size:,} bytes) was not downloaded. "
        "“git lfs pull” in its repository fetches it."
    )


def highlight(text: str, language: str) -> bytes:
    """Return packed spans of the first characters; stops early in a text that lexes slowly."""
    if not language or not text:
        return b""
    text = text[:HIGHLIGHT_CHARACTERS]
    astral = [index for index, character in enumerate(text) if character > "\uffff"]
    numbers = {kind: number for number, kind in enumerate(HIGHLIGHT_KINDS)}
    spans = array("I")
    passed = 0
    deadline = time.monotonic() + _LEX_SECONDS
    for start, kind, value in _tokens(text, language):
        if time.monotonic() > deadline:
            break
        for begin, part in _lines(start, value):
            # Qt counts UTF-16 units: a character outside the first plane is two.
            while passed < len(astral) and astral[passed] < begin:
                passed += 1
            units = len(part) + sum(character > "\uffff" for character in part if astral)
            spans.extend((begin + passed, units, numbers[kind]))
    return spans.tobytes()


def _tokens(text: str, language: str) -> Iterator[tuple[int, str, str]]:
    # Imported here for the reason in language_of.
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer: Any = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = None
    kinds: dict[Any, str] = {}
    for start, token, value in lexer.get_tokens_unprocessed(text) if lexer else ():
        if token not in kinds:
            kinds[token] = _kind(str(token).removeprefix("Token."))
        if kinds[token]:
            yield start, kinds[token], value


def _kind(token: str) -> str:
    while token:
        if token in _KINDS:
            return _KINDS[token]
        token = token.rpartition(".")[0]
    return ""


def _lines(start: int, value: str) -> Iterator[tuple[int, str]]:
    for part in value.split("\n"):
        if part:
            yield start, part
        start += len(part) + 1
