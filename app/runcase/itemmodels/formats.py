"""How numbers, times, sizes and ids are written; the rules of the design's part 6."""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime

MISSING = "—"
MINUS = "−"
MAX_DECIMALS = 6
CELL_TEXT = 1_000
TIP_TEXT = 4_000
_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
# What has no shape, NUL among it, or turns the direction of the text around it.
_CONTROL = re.compile("[\0-\b\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def is_scientific(value: float) -> bool:
    """Say whether a value is too small or too large for plain digits."""
    return math.isfinite(value) and value != 0 and not 1e-4 <= abs(value) < 1e6


def decimals_for(values: Iterable[float]) -> int:
    """Return one number of decimals, 0 to 6, that gives each value 4 significant digits."""
    wanted = 0
    for value in values:
        if not math.isfinite(value) or value == 0 or is_scientific(value):
            continue
        if float(value).is_integer() and abs(value) < 1e6:
            continue
        wanted = max(wanted, 3 - math.floor(math.log10(abs(value))))
    return min(MAX_DECIMALS, max(0, wanted))


def number(value: float, decimals: int | None = None) -> str:
    """Write a metric value: 4 significant digits, or the decimals of its column."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if is_scientific(value):
        mantissa, exponent = f"{abs(value):.2e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        sign = MINUS if value < 0 else ""
        return f"{sign}{mantissa}e{int(exponent)}"
    places = decimals_for([value]) if decimals is None else decimals
    return f"{value:z.{places}f}".replace("-", MINUS)


def exact(value: float) -> str:
    """Write a value with all its digits, as copying does."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(float(value))


def count(value: int) -> str:
    """Write an integer with thousands separators."""
    return f"{value:,}"


def about(value: int) -> str:
    """Write a large count in short, such as "1.2 M"; one below 10,000 in full."""
    for unit, name in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if value >= unit and value >= 10_000:
            return f"{value / unit:.3g} {name}"
    return count(value)


def counted(value: int, noun: str) -> str:
    """Write a count with its noun, such as "1 run" or "1,204 runs"."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def duration(ms: int | None) -> str:
    """Write a duration in ms; a negative one (an end before its start) keeps its sign."""
    if ms is None:
        return MISSING
    if ms < 0:
        return MINUS + duration(-ms)
    if ms < 1000:
        return f"{ms} ms"
    if ms < 9_995:
        return f"{ms / 1000:.2f} s"
    seconds = ms // 1000 if ms >= 10_000 else 10
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}m {rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h {minutes:02d}m"
    days, hours = divmod(hours, 24)
    return f"{days:,}d {hours}h"


def local_time(ms: int) -> datetime | None:
    """Return ms since the epoch as local time; None outside the years 1 to 9999, here or in UTC."""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def age(ms: int | None, now_ms: int) -> str:
    """Write a time relative to now up to 7 days, then as a date."""
    if ms is None:
        return MISSING
    passed = (now_ms - ms) / 1000
    if 0 <= passed < 7 * 86400:
        if passed < 10:
            return "just now"
        for unit, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
            if passed >= unit:
                return f"{int(passed // unit)} {name} ago"
    return date(ms, now_ms)


def date(ms: int, now_ms: int) -> str:
    """Write a day: "12 Mar", with the year when it is not this one."""
    moment, now = local_time(ms), local_time(now_ms)
    if moment is None:
        return f"{ms} ms"
    if now is not None and moment.year == now.year:
        return f"{moment.day} {moment:%b}"
    return f"{moment.day} {moment:%b} {moment.year}"


def moment(ms: int | None) -> str:
    """Write an absolute local time, such as "18 Mar 2025, 09:14:07"."""
    if ms is None:
        return MISSING
    when = local_time(ms)
    return f"{ms} ms" if when is None else f"{when.day} {when:%b} {when.year}, {when:%H:%M:%S}"


def moment_with_zone(ms: int | None) -> str:
    """Write an absolute time with its zone, and UTC below it, for a tooltip."""
    if ms is None:
        return "not recorded"
    when = local_time(ms)
    if when is None:
        return f"{ms} ms since 1970, outside the calendar"
    utc = when.astimezone(UTC)
    return f"{when:%Y-%m-%d %H:%M:%S %Z}\n{utc:%Y-%m-%d %H:%M:%S} UTC\n{ms} ms"


def size(value: int | None) -> str:
    """Write a number of bytes, 1000-based, with up to 3 significant digits."""
    if value is None:
        return MISSING
    if value < 1000:
        return f"{value} B"
    amount = float(value)
    for unit in ("KB", "MB", "GB", "TB", "PB"):
        amount /= 1000
        if amount < 999.5:
            return f"{amount:.3g} {unit}" if amount < 100 else f"{amount:.0f} {unit}"
    return f"{amount:,.0f} PB"


def short_id(text: str) -> str:
    """Shorten an id to its first 8 and last 4 characters."""
    text = one_line(text)
    return text if len(text) <= 14 else f"{text[:8]}…{text[-4:]}"


def one_line(text: str) -> str:
    """Put a text on one line, for a cell: cut after 1,000 characters, control characters as �."""
    cut = text if len(text) <= CELL_TEXT else f"{text[:CELL_TEXT]}…"
    if cut.isprintable():
        return cut
    return _CONTROL.sub("�", _BREAK.sub("⏎", cut))


def excerpt(text: str) -> str:
    """Cut a text for a tool tip, which is laid out whole; lines stay, control characters as �."""
    cut = text if len(text) <= TIP_TEXT else f"{text[:TIP_TEXT]}…"
    return _CONTROL.sub("�", cut)
