"""Reads the values of a filter: numbers, durations such as 1h30m, dates, texts of a list."""

import ast
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_UNITS = {
    "ms": 1, "s": 1_000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000,
    "w": 604_800_000,
}  # fmt: skip
_PIECE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|min|[smhdw])", re.IGNORECASE | re.ASCII)
_DATE = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?)?"
    r"(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE | re.ASCII,
)
_DAYS = {"today": 0, "yesterday": 1}
_SECOND = 1_000
_PYTHON_ESCAPES = "\\'\"abfnrtvx01234567NuU"


@dataclass(frozen=True, slots=True)
class Moment:
    """A written time: the period [start, end) in ms, or a day counted back from the current one.

    `2025-03` is a month, `2025-03-01` a day, `2025-03-01 12:00` a minute, with seconds a second.
    """

    start: int = 0
    end: int = 0
    days_ago: int | None = None

    def period(self, now: int) -> tuple[int, int]:
        """Return where it begins and where the next one begins, in ms; `now` is in ms, too."""
        if self.days_ago is None:
            return self.start, self.end
        today = datetime.fromtimestamp(now / _SECOND)
        day = datetime(today.year, today.month, today.day) - timedelta(days=self.days_ago)
        return _ms(day), _ms(day + timedelta(days=1))


def number(text: str) -> float | None:
    """Return a plain number, nan, inf or -inf; None for anything else."""
    if _NUMBER.fullmatch(text):
        return float(text)
    word = text.lower().lstrip("+-")
    if word in ("inf", "infinity", "∞") and len(text) - len(word) <= 1:
        return float("-inf") if text.startswith("-") else float("inf")
    return float("nan") if text.lower() == "nan" else None


def duration(text: str) -> float | None:
    """Return a duration in ms: 10m, 1h30m, -2.5s; None for anything else."""
    sign = -1 if text.startswith("-") else 1
    rest = text.removeprefix("-")
    total, at = 0.0, 0
    for piece in _PIECE.finditer(rest):
        if piece.start() != at:
            return None
        total, at = total + float(piece[1]) * _UNITS[piece[2].lower()], piece.end()
    return sign * total if at and at == len(rest) else None


def moment(text: str) -> Moment | None:
    """Return a date, a date with a time, today or yesterday; local time unless a zone is given.

    Raises:
        ValueError: It looks like a date, but the calendar has no such day or time.
    """
    days = _DAYS.get(text.lower())
    if days is not None:
        return Moment(days_ago=days)
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return _moment(*found.groups())
    except (OverflowError, OSError) as error:
        # A system's clock may know no local time before 1970.
        raise ValueError(str(error)) from error


def _moment(
    year: str, month: str, day: str | None, hour: str | None, minute: str | None,
    second: str | None, fraction: str | None, zone: str | None,
) -> Moment:  # fmt: skip
    start = datetime(
        int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
        int((fraction or "").ljust(6, "0")), tzinfo=_zone(zone),
    )  # fmt: skip
    if fraction:
        return Moment(_ms(start), _ms(start) + 1)
    if day is None:
        end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    elif hour is None:
        end = start + timedelta(days=1)
    else:
        end = start + (timedelta(seconds=1) if second else timedelta(minutes=1))
    return Moment(_ms(start), _ms(end))


def python_text(token: str) -> str:
    """Read a quoted text of a list as Python does, which is what MLflow does.

    Raises:
        ValueError: Python would not read it.
    """

    def known(match: re.Match[str]) -> str:
        return match[0] if match[1] in _PYTHON_ESCAPES else f"\\\\{match[1]}"

    literal = re.sub(r"\\(.)", known, token, flags=re.DOTALL)
    try:
        return str(ast.literal_eval(literal))
    except SyntaxError as error:
        raise ValueError(str(error)) from error


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _ms(time: datetime) -> int:
    return round(time.timestamp() * _SECOND)
