"""Long texts and logs: windows of lines anywhere in them, search, levels, and their colours."""

import re
from array import array

from runcase.errors import UnreadableError
from runcase.preview import encoding
from runcase.preview.document import HIGHLIGHT_KINDS, Log, Text
from runcase.preview.log_lines import SEARCHED_BYTES, WINDOW_BYTES, Lines, Units
from runcase.preview.source import Source
from runcase.preview.text import LINE_CHARACTERS

_SHOWN_MATCHES = 2_000
# Enough lines to tell a log by.
_HEAD_BYTES = 16 * 1024
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
    codec = encoding.detect(source.head) or "utf-8"
    head = Units.of(codec, source.head).plain(source.head[:_HEAD_BYTES])
    lines = head.split(b"\n")[:-1]
    stated = sum(_level(line) != "" for line in lines)
    return source.suffix in ("", ".txt") and stated >= 5 and stated * 2 >= len(lines)


def read(source: Source) -> Log:
    """Read a window: from a byte on, the end, around a match, or lines of some levels only.

    Raises `UnreadableError` when the file is no text.
    """
    codec = encoding.detect(source.head)
    if codec is None:
        raise UnreadableError("It is not text.")
    request = source.request
    with source.open() as file:
        log = _Reader(source, codec, Lines(file, source.size, Units.of(codec, source.head)))
        if request.view == "levels":
            return log.of_levels()
        if request.view in ("find", "back"):
            return log.found()
        if request.view == "tail":
            return log.window(max(0, source.size - WINDOW_BYTES))
        return log.window(min(max(0, request.offset), source.size))


class _Reader:
    """Answers the requests for one open file."""

    def __init__(self, source: Source, codec: str, lines: Lines) -> None:
        self._source = source
        self._label = encoding.label(codec)
        self._codec = Units.of(codec, source.head).plain_codec
        self._lines = lines

    def window(self, wanted: int, note: str = "") -> Log:
        """Show the lines from the one that holds a byte on."""
        size, request = self._source.size, self._source.request
        begin = self._lines.start(wanted) if wanted < size else wanted
        asked = size - begin if request.view == "tail" else request.count or WINDOW_BYTES
        data, end = self._lines.window(begin, min(asked, 4 * WINDOW_BYTES))
        return self._log(data, begin, end, note=note)

    def found(self) -> Log:
        """Find text without regard to case, on or back from a byte, and show the lines around."""
        request = self._source.request
        if not request.query:
            return self.window(request.offset)
        back = request.view == "back"
        place = self._lines.search(request.query, request.offset, back)
        if place is None:
            side = "before" if back else "after"
            return self.window(
                request.offset, f"“{request.query}” was not found {side} this place."
            )
        line = self._lines.start(place)
        begin = self._lines.start(max(0, line - WINDOW_BYTES // 2))
        data, end = self._lines.window(begin, WINDOW_BYTES)
        return self._log(data, begin, end, found=self._lines.count(begin, line))

    def of_levels(self) -> Log:
        """Show only lines of some levels, with those that follow without one of their own."""
        source = self._source
        wanted = frozenset(source.request.query.split())
        begin = min(max(0, source.request.offset), source.size)
        kept: list[bytes] = []
        position, keeps = begin, False
        for line, position in self._lines.each(begin):
            level = _level(line)
            keeps = level in wanted if level else keeps
            if keeps:
                kept.append(line.rstrip(b"\n")[: LINE_CHARACTERS + 1] + b"\n")
            if len(kept) >= _SHOWN_MATCHES or position - begin >= SEARCHED_BYTES:
                break
        note = ""
        if position < source.size:
            note = f"Lines of {source.request.query} up to byte {position:,} of {source.size:,}."
        return self._log(b"".join(kept), begin, position, note=note)

    def _log(self, data: bytes, begin: int, end: int, found: int = -1, note: str = "") -> Log:
        source = self._source
        lines = data.split(b"\n")
        if lines and not lines[-1]:
            lines.pop()
        levels = [_level(line) for line in lines]
        texts = _texts(data, self._codec)[: len(lines)]
        cut = max(map(len, texts), default=0) > LINE_CHARACTERS
        if cut:
            most = LINE_CHARACTERS
            texts = [each if len(each) <= most else each[:most] + " …" for each in texts]
            note = f"{note} Lines longer than {LINE_CHARACTERS:,} characters are cut.".strip()
        shown = Text(
            source.name, source.size, "", "\n".join(texts), self._label, "",
            _spans(texts, levels), None, end < source.size,
        )  # fmt: skip
        counts = tuple((name, levels.count(name)) for name in LEVEL_NAMES)
        return Log(source.name, source.size, note, shown, begin, end, found, counts)


def _texts(data: bytes, codec: str) -> list[str]:
    """Return lines as they are shown, one more behind the last line feed."""
    text = data.decode(codec, "replace").replace("\0", "\N{SYMBOL FOR NULL}").lstrip("\ufeff")
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
