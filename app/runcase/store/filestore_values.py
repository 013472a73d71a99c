"""Reads single files of a file store, and notes each that cannot be read as what it should be."""

import math
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import yaml

UNFINISHED_LINE = "Its last line has no end: it may still be written."
_BIGGEST_YAML = 16 << 20
_MANY_MARKS = 200  # what nests on one line
_LONG_YAML = 1 << 20
_DEEPEST_YAML = 100
_LONGEST_LINE = 4_096
_ALL = slice(0, None)
_INT64 = 2**63
_SHOWN = 40  # characters of a bad line that a reason quotes
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is eight times as fast


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of a metric's file; `run_id` is empty but for a logged model's.

    `value` is 0 for NaN, as MLflow's schema stores it. An infinity stays one: readers take the
    largest double for an infinity, too, but here the two can be told apart.
    """

    timestamp: int
    value: float
    step: int
    is_nan: bool = False
    run_id: str = ""
    dataset_name: str | None = None
    dataset_digest: str | None = None


class Source:
    """The files of one folder; `skipped` holds what was wrong, `files` counts what was read."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.skipped: list[tuple[str, str]] = []
        self.files = 0

    def skip(self, name: str, reason: str) -> None:
        """Note what is wrong with a file."""
        self.skipped.append((name, reason))

    def content(self, name: str, part: slice = _ALL) -> bytes | None:
        """Return a file's bytes, or a part of them, or None if it cannot be read."""
        self.files += 1
        try:
            with open(f"{self.folder}{os.sep}{name}", "rb", buffering=0) as file:
                if part.start:
                    file.seek(part.start)
                content = file.readall()
                return content if part.stop is None else content[: part.stop - part.start]
        except OSError as error:
            self.skip(name, f"It could not be read: {error.strerror}.")
            return None

    def text(self, name: str) -> str | None:
        """Return a file's text as it is, or None; bytes that are no UTF-8 become �."""
        content = self.content(name)
        if content is None:
            return None
        try:
            return content.decode()
        except UnicodeDecodeError:
            self.skip(name, "It is not valid UTF-8; its unreadable characters are shown as �.")
            return content.decode(errors="replace")

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Return a YAML file's keys and values, or None if it has none."""
        content = self.content(name)
        if content is None:
            return None
        try:
            return _mapping(content)
        except _MalformedError as error:
            self.skip(name, str(error))
            return None

    def points(
        self, name: str, of_model: bool = False, complete: bool = True, part: slice = _ALL
    ) -> list[Logged]:
        """Return the lines of a metric's file.

        Args:
            name: The file.
            of_model: It is a logged model's, which names a run in each line.
            complete: No program is writing it, so a last line without its end is whole.
            part: The bytes to read.
        """
        content = self.content(name, part) or b""
        if not complete and not content.endswith(b"\n"):
            content, _, cut = content.rpartition(b"\n")
            if cut:
                self.skip(name, UNFINISHED_LINE)
        found, bad = parse_metric(content, of_model)
        if bad:
            number, line = bad[0]
            more = f", and {len(bad) - 1:,} more lines" if len(bad) > 1 else ""
            where = "A new line" if part.start else f"Line {number}"
            self.skip(name, f"{where} is no value of a metric: “{line[:_SHOWN]}”{more}.")
        return found

    def end_of_lines(self, name: str, size: int) -> int:
        """Return how many of the first bytes of a metric's file are whole lines; 0 if unknown."""
        start = max(0, size - _LONGEST_LINE)
        try:
            with open(f"{self.folder}{os.sep}{name}", "rb", buffering=0) as file:
                file.seek(start)
                return start + file.read(size - start).rfind(b"\n") + 1
        except OSError:
            return 0


class _MalformedError(Exception):
    """Why a YAML file holds no keys and values, in a sentence."""


def _mapping(content: bytes) -> dict[str, Any]:
    if not content.strip():
        raise _MalformedError("It is empty.")
    if len(content) > _BIGGEST_YAML:
        raise _MalformedError(f"It is too large for metadata: {len(content):,} bytes.")
    try:
        if _is_too_deep(content):
            raise _MalformedError("It is nested too deeply for metadata.")
        found = yaml.load(content, _LOADER)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise _MalformedError(f"It is no valid YAML{line}: {error.problem}.") from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        reason = str(error).partition("\n")[0]
        raise _MalformedError(f"It is no valid YAML: {reason}.") from error
    if not isinstance(found, dict):
        raise _MalformedError("It holds no keys and values.")
    return found


def _is_too_deep(content: bytes) -> bool:
    """Say whether the C loader, which calls itself for each level, could overflow the stack."""
    marks = sum(map(content.count, (b"[", b"{", b"-", b"?")))
    if marks < _MANY_MARKS and len(content) < _LONG_YAML:
        return False
    depth = 0
    for event in yaml.parse(content, _LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST_YAML:
            return True
    return False


def parse_metric(
    content: bytes, of_model: bool = False
) -> tuple[list[Logged], list[tuple[int, str]]]:
    """Read the lines of a metric's file; returns the values, and the other lines by number.

    A run's line is `timestamp value [step [dataset digest]]`, a logged model's
    `timestamp value step run [dataset digest]`. The name of a dataset may hold spaces, so it is
    what lies between the first fields and the last: MLflow's own reader fails there, and it takes
    the step of a value with a dataset for 0.
    """
    found: list[Logged] = []
    bad: list[tuple[int, str]] = []
    lines = content.decode(errors="replace").split("\n")
    for number, line in enumerate(lines, 1):
        fields = line.strip().split(" ")
        if fields == [""]:
            continue
        point = _point(fields, of_model)
        if point is None:
            bad.append((number, line))
        else:
            found.append(point)
    return found, bad


def _point(fields: list[str], of_model: bool) -> Logged | None:
    try:
        timestamp, value = int(fields[0]), float(fields[1])
        step = int(fields[2]) if len(fields) > 2 else 0
    except (ValueError, IndexError):
        return None
    if not (-_INT64 <= timestamp < _INT64 and -_INT64 <= step < _INT64):
        return None
    is_nan = math.isnan(value)
    if is_nan:
        value = 0.0
    if not of_model:
        return Logged(timestamp, value, step, is_nan)
    run_id = fields[3] if len(fields) > 3 else ""
    if len(fields) < 6:
        return Logged(timestamp, value, step, is_nan, run_id)
    return Logged(timestamp, value, step, is_nan, run_id, " ".join(fields[4:-1]), fields[-1])


def plain(text: str) -> str:
    """Return text that SQLite takes: half of a surrogate pair is none."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode()


def key_of(name: str) -> str:
    """Return the key that a file's name spells; a name that is no UTF-8 gets �."""
    if name.isascii():
        return name
    return os.fsencode(name).decode(errors="replace") if os.name != "nt" else plain(name)


def as_text(value: object) -> str | None:
    """Return a scalar of a YAML file as text; None for nothing and for lists."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, bool | int | float) else None


def as_int(value: object) -> int | None:
    """Return a number of a YAML file if SQLite can hold it."""
    try:
        number = int(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and -_INT64 <= number < _INT64 else None


def as_ms(value: object) -> int | None:
    """Return a time as ms since the epoch: a number is one already, a text is in ISO 8601."""
    number = as_int(value)
    if number is not None:
        return number
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(when, datetime):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return round(when.timestamp() * 1000)


def as_pairs(value: object) -> dict[str, str]:
    """Return the texts of a mapping inside a YAML file."""
    if not isinstance(value, dict):
        return {}
    return {plain(str(key)): as_text(each) or "" for key, each in value.items()}
