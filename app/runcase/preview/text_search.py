"""Looks for a text in many files, line by line: nothing is parsed. Runs in the child."""

import codecs
import os
import time
from collections.abc import Iterator
from typing import BinaryIO

from runcase.preview import encoding
from runcase.preview.confined import Folders
from runcase.preview.many import (
    MOST_BYTES,
    MOST_OF_FILE,
    SLICE_S,
    Mark,
    TextAnswer,
    TextLine,
    TextQuestion,
)
from runcase.preview.source import HEAD_BYTES

_CHUNK = 1_000_000
_AROUND = 90  # characters of an excerpt on each side of what was found


def answer(question: TextQuestion) -> TextAnswer:
    """Look through files until the slice of time is over, at least through one piece of one."""
    return _Search(question).run()


class _Search:
    def __init__(self, question: TextQuestion) -> None:
        self._question = question
        self._text = question.text if question.exact else question.text.lower()
        self._lines: list[TextLine] = []
        self._end = time.monotonic() + SLICE_S
        self._texts = self._others = self._unread = self._cut = self._bytes = 0

    def run(self) -> TextAnswer:
        folders = Folders(self._question.folders)
        done, mark = 0, self._question.start
        for number, file in enumerate(self._question.files):
            try:
                with folders.open(file) as opened:
                    left = self._in_file(number, opened, mark)
            except (OSError, MemoryError):
                self._unread += 1
                left = None
            if left is not None:
                mark = left
                break
            done, mark = number + 1, Mark()
            if self._is_over():
                break
        counts = (self._texts, self._others, self._unread, self._cut, self._bytes)
        return TextAnswer(tuple(self._lines), done, mark, *counts)

    def _is_over(self) -> bool:
        return len(self._lines) >= self._question.most or time.monotonic() > self._end

    def _in_file(self, number: int, file: BinaryIO, mark: Mark) -> Mark | None:
        """Return where to go on, None when the file is finished."""
        head = file.read(HEAD_BYTES)
        codec = encoding.detect(head)
        if not mark.offset:
            self._texts += codec is not None
            self._others += codec is None
        if codec is None:
            return None
        codec = _without_mark(codec, head)
        hits, lines, end = mark.hits, mark.lines, mark.offset
        for data, text in _pieces(file, head, codec, mark.offset):
            for line in self._found(number, text, codec, Mark(end, lines)):
                self._lines.append(line)
                hits += 1
                if hits >= MOST_OF_FILE:
                    self._cut += 1
                    return None
                if len(self._lines) >= self._question.most:
                    return None
            self._bytes += len(data)
            end += len(data)
            lines += text.count("\n")
            if self._is_over():
                return Mark(end, lines, hits)
        self._cut += end < os.fstat(file.fileno()).st_size
        return None

    def _found(self, number: int, text: str, codec: str, begin: Mark) -> Iterator[TextLine]:
        if not self._holds(text):
            return
        offset, newline = begin.offset, len("\n".encode(codec))
        for at, line in enumerate(text.split("\n"), begin.lines + 1):
            if self._holds(line):
                yield TextLine(number, at, offset, self._excerpt(line))
            offset += len(line.encode(codec, "replace")) + newline

    def _holds(self, text: str) -> bool:
        return self._text in (text if self._question.exact else text.lower())

    def _excerpt(self, line: str) -> str:
        line = line.removeprefix("\ufeff")
        at = (line if self._question.exact else line.lower()).find(self._text)
        first, last = max(0, at - _AROUND), at + len(self._text) + _AROUND
        shown = line[first:last].strip()
        return ("…" if first else "") + shown + ("…" if last < len(line) else "")


def _pieces(file: BinaryIO, head: bytes, codec: str, start: int) -> Iterator[tuple[bytes, str]]:
    """Yield whole lines from a byte on, as bytes and as text; a line longer than that is cut."""
    newline = "\n".encode(codec)
    done, rest = start, b"" if start else head
    if start:
        file.seek(start)
    while done < MOST_BYTES:
        read = file.read(_CHUNK)
        data = rest + read
        if not data:
            return
        end = _last_line(data, newline) if read else len(data)
        data, rest = data[:end], data[end:]
        yield data, data.decode(codec, "replace")
        done += len(data)


def _last_line(data: bytes, newline: bytes) -> int:
    """Return where the last whole line ends; where none does, the last whole character."""
    unit, at = len(newline), len(data)
    while (at := data.rfind(newline, 0, at)) >= 0:
        if at % unit == 0:
            return at + unit
        at += unit - 1  # within a character and the next
    return len(data) - len(data) % unit


def _without_mark(codec: str, head: bytes) -> str:
    """Return the codec that takes a byte order mark for a character, so that bytes are counted."""
    if codec in ("utf-16", "utf-32"):
        return f"{codec}-{'le' if head.startswith(codecs.BOM_UTF16_LE) else 'be'}"
    return codec.removesuffix("-sig")
