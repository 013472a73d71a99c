"""Long texts and logs: windows of lines anywhere in them, search, levels, and their colours."""

import re
from array import array
from collections.abc import Iterator
from typing import BinaryIO

from runcase.errors import UnreadableError
from runcase.preview import encoding
from runcase.preview.document import HIGHLIGHT_KINDS, Log, Text
from runcase.preview.source import Source
from runcase.preview.text import LINE_CHARACTERS

WINDOW_BYTES = 256 * 1024
# A search reads on from where it is; past this much it says how far it got.
SEARCHED_BYTES = 2 * 1024 * 1024 * 1024
_CHUNK = 4 * 1024 * 1024
_SHOWN_MATCHES = 2_000
_LEVEL = re.compile(
    rb"\bTraceback \(most|"
    rb"\b(?:(?P<ERROR>ERROR|FATAL|CRITICAL|SEVERE|E\d{4})|(?P<WARNING>WARN|WARNING|W\d{4})|"
    rb"(?P<INFO>INFO|NOTICE|I\d{4})|(?P<DEBUG>DEBUG|TRACE|VERBOSE))\b"
)
LEVEL_NAMES = tuple(_LEVEL.groupindex)
# Of a line as much is looked at.
_LEVEL_BYTES = 200
_KINDS = {"ERROR": "error", "WARNING": "warning", "DEBUG": "muted"}
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def is_log(source: Source) -> bool:
    """Say whether a text is one by its name, or by several lines that state a level."""
    if source.name.lower().endswith((".log", ".out", ".err")) or ".log." in source.name.lower():
        return True
    lines = source.head[:16_384].split(b"\n")[:-1]
    stated = sum(_level(line) != "" for line in lines)
    return source.suffix in ("", ".txt") and stated >= 5 and stated * 2 >= len(lines)


def read(source: Source) -> Log:
    """Read a window: from a byte on, the end, around a match, or lines of some levels only.

    Raises `UnreadableError` when the file is no text.
    """
    codec = encoding.detect(source.head)
    if codec is None or codec.startswith(("utf-16", "utf-32")):
        raise UnreadableError("It is not text of one byte a character.")
    request = source.request
    with source.open() as file:
        if request.view == "levels":
            return _of_levels(source, file, codec)
        if request.view in ("find", "back"):
            return _found(source, file, codec)
        if request.view == "tail":
            return _window(source, file, codec, max(0, source.size - WINDOW_BYTES))
        return _window(source, file, codec, min(max(0, request.offset), source.size))


def _window(source: Source, file: BinaryIO, codec: str, wanted: int, note: str = "") -> Log:
    begin = _line_start(file, wanted) if wanted < source.size else wanted
    file.seek(begin)
    asked = source.request.count or WINDOW_BYTES
    if source.request.view == "tail":
        asked = source.size - begin
    data = file.read(min(asked, 4 * WINDOW_BYTES))
    end = begin + len(data)
    if end < source.size:
        cut = data.rfind(b"\n") + 1
        if cut:
            data, end = data[:cut], begin + cut
    return _log(source, codec, data, begin, end, note=note)


def _line_start(file: BinaryIO, wanted: int) -> int:
    """Return where the line that holds a byte begins, or that byte in a line without end."""
    back = min(wanted, WINDOW_BYTES)
    file.seek(wanted - back)
    before = file.read(back)
    newline = before.rfind(b"\n")
    if newline < 0:
        return 0 if back == wanted else wanted
    return wanted - back + newline + 1


def _found(source: Source, file: BinaryIO, codec: str) -> Log:
    """Find text without regard to case, on or back from a byte, and show the lines around it."""
    request = source.request
    words = request.query.encode(codec, "replace").lower()
    if not words:
        return _window(source, file, codec, request.offset)
    place = _search(file, source.size, words, request.offset, request.view == "back")
    if place is None:
        note = f"“{request.query}” was not found {'before' if request.view == 'back' else 'after'}"
        return _window(source, file, codec, request.offset, f"{note} this place.")
    line = _line_start(file, place)
    begin = _line_start(file, max(0, line - WINDOW_BYTES // 2))
    file.seek(begin)
    above = file.read(line - begin).count(b"\n")
    file.seek(begin)
    data = file.read(WINDOW_BYTES)
    return _log(source, codec, data, begin, begin + len(data), found=above)


def _search(file: BinaryIO, size: int, words: bytes, start: int, back: bool) -> int | None:
    overlap = len(words) - 1
    for begin in _chunks(size, start, back):
        file.seek(begin)
        data = file.read(_CHUNK + overlap)
        if back:
            data = data[: max(0, start - begin)]
        data = data.lower()
        place = data.rfind(words) if back else data.find(words)
        if place >= 0:
            return begin + place
    return None


def _chunks(size: int, start: int, back: bool) -> Iterator[int]:
    if back:
        yield from (
            range(max(0, start - _CHUNK), -_CHUNK, -_CHUNK)
            if start <= _CHUNK
            else (max(0, begin) for begin in range(start - _CHUNK, -_CHUNK, -_CHUNK))
        )
    else:
        yield from range(start, min(size, start + SEARCHED_BYTES), _CHUNK)


def _of_levels(source: Source, file: BinaryIO, codec: str) -> Log:
    """Show only lines of some levels, with the lines that follow them without one of their own."""
    wanted = frozenset(source.request.query.split())
    begin = min(max(0, source.request.offset), source.size)
    file.seek(begin)
    kept: list[bytes] = []
    position, keeps = begin, False
    while len(kept) < _SHOWN_MATCHES and position - begin < SEARCHED_BYTES:
        line = file.readline(_CHUNK)
        if not line:
            break
        position += len(line)
        level = _level(line)
        keeps = level in wanted if level else keeps
        if keeps:
            kept.append(line[:LINE_CHARACTERS])
    note = ""
    if position < source.size:
        note = f"Lines of {source.request.query} up to byte {position:,} of {source.size:,}."
    return _log(source, codec, b"".join(kept), begin, position, note=note)


def _log(
    source: Source, codec: str, data: bytes, begin: int, end: int, found: int = -1, note: str = ""
) -> Log:
    lines = data.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    levels = [_level(line) for line in lines]
    texts = _texts(data, codec)[: len(lines)]
    cut = max(map(len, texts), default=0) > LINE_CHARACTERS
    if cut:
        most = LINE_CHARACTERS
        texts = [each if len(each) <= most else each[:most] + " …" for each in texts]
    if cut:
        note = f"{note} Lines longer than {LINE_CHARACTERS:,} characters are cut.".strip()
    shown = Text(
        source.name, source.size, "", "\n".join(texts), encoding.label(codec), "",
        _spans(texts, levels), None, end < source.size,
    )  # fmt: skip
    counts = tuple((name, levels.count(name)) for name in LEVEL_NAMES)
    return Log(source.name, source.size, note, shown, begin, end, found, counts)


def _texts(data: bytes, codec: str) -> list[str]:
    """Return lines as they are shown, one more behind the last line feed."""
    text = data.decode(codec, "replace").replace("\0", "\N{SYMBOL FOR NULL}")
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    lines = text.split("\n")
    if "\r" in text:
        # A progress bar goes back to the line's start: what was written last stays.
        lines = [each.rstrip("\r").rpartition("\r")[2] for each in lines]
    return lines


def _level(line: bytes) -> str:
    """Return the level that stands first in the beginning of a line, or nothing."""
    found = _LEVEL.search(line, 0, _LEVEL_BYTES)
    return (found.lastgroup or "ERROR") if found is not None else ""


def _spans(lines: list[str], levels: list[str]) -> bytes:
    spans = array("I")
    kinds = {level: HIGHLIGHT_KINDS.index(kind) for level, kind in _KINDS.items()}
    wide = any(max(line, default="") > "\uffff" for line in lines if not line.isascii())
    start = 0
    for line, level in zip(lines, levels, strict=True):
        # Qt counts UTF-16 units: a character outside the first plane is two.
        units = len(line) + (sum(each > "\uffff" for each in line) if wide else 0)
        if level in kinds and units:
            spans.extend((start, units, kinds[level]))
        start += units + 1
    return spans.tobytes()
