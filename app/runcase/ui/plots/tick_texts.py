"""What is written at the ticks of an axis, and for single values of it."""

import math

from runcase.curves.scales import Scale, ScaleKind, Ticks, ticks
from runcase.itemmodels import formats

_SECOND, _MINUTE, _HOUR, _DAY = 1e3, 6e4, 3.6e6, 8.64e7
# Whole ones stand for themselves below the next unit: "5 min", but "1h 05m".
_UNITS = (
    (_SECOND, "s", _MINUTE),
    (_MINUTE, "min", _HOUR),
    (_HOUR, "h", _DAY),
    (_DAY, "d", math.inf),
)
# Beyond these a tick's digits say more as a power of ten.
_MOST_DECIMALS, _MANY_DIGITS, _LARGE_STEP = 5, 15, 1e6
# Between these exponents of ten all ticks of a logarithmic axis are plain numbers.
_PLAIN = (-3, 4)


def axis_texts(scale: Scale, most: int) -> list[tuple[float, str]]:
    """Return the places of about `most` ticks and what is written at them."""
    found = ticks(scale, most)
    return list(zip(found.places, tick_texts(scale, found), strict=True))


def tick_texts(scale: Scale, found: Ticks) -> list[str]:
    """Return what is written at ticks: all of an axis in one way, and as exactly as they differ."""
    places, step = found.places, found.step
    match scale.kind:
        case ScaleKind.CATEGORY:
            return [scale.labels[int(place)] for place in places]
        case ScaleKind.TIME:
            return [_moment(place, step) for place in places]
        case ScaleKind.DURATION:
            return [_duration(place) for place in places]
        case ScaleKind.LOG if found.decades:
            is_plain = all(_PLAIN[0] <= place <= _PLAIN[1] for place in places)
            return [_power(place, is_plain) for place in places]
        case ScaleKind.LOG:
            return [short(scale.value(place)) for place in places]
    return [_plain(place, step) for place in places]


def value_text(scale: Scale, place: float) -> str:
    """Write the value at a place in full, for a tooltip."""
    if scale.kind is ScaleKind.CATEGORY:
        at = round(place)
        return scale.labels[at] if 0 <= at < len(scale.labels) else formats.MISSING
    value = scale.value(place)
    if scale.kind is ScaleKind.TIME:
        return formats.moment(round(value)) if math.isfinite(value) else formats.MISSING
    if scale.kind is ScaleKind.DURATION:
        return formats.duration(round(value)) if math.isfinite(value) else formats.MISSING
    return formats.number(value)


def short(value: float, digits: int = 6) -> str:
    """Write a number without zeros behind it."""
    if formats.is_scientific(value) or not math.isfinite(value):
        return formats.number(value)
    return f"{value:,.{digits}g}".replace("-", formats.MINUS)


def _plain(place: float, step: float) -> str:
    if place == 0:
        return "0"
    if step <= 0:
        return short(place)
    decimals = max(0, math.ceil(-math.log10(step) - 1e-9))
    # So many digits tell the tick from its neighbours.
    digits = max(1, math.floor(math.log10(abs(place)) + 1e-9) + decimals + 1)
    if step >= _LARGE_STEP:
        digits = max(1, math.floor(math.log10(abs(place) / step) + 1e-9) + 2)
    small = decimals > _MOST_DECIMALS and formats.is_scientific(place)
    if step >= _LARGE_STEP or small or abs(place) >= 10.0**_MANY_DIGITS:
        return _scientific(place, min(digits, _MANY_DIGITS))
    return f"{place:,.{decimals}f}".replace("-", formats.MINUS)


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}".replace("-", formats.MINUS, mantissa.count("-"))


def _power(place: float, is_plain: bool) -> str:
    exponent = round(place)
    if is_plain or exponent == 0:
        return short(10.0**exponent)
    return f"1e{exponent}"


def _duration(ms: float) -> str:
    if ms <= 0:
        return f"{formats.MINUS}{_duration(-ms)}" if ms else "0"
    for unit, name, following in _UNITS:
        if ms % unit == 0 and ms < following:
            return f"{ms / unit:,.0f} {name}"
    return formats.duration(round(ms))


def _moment(ms: float, step: float) -> str:
    when = formats.local_time(round(ms)) if math.isfinite(ms) else None
    if when is None:
        return ""
    if step < _SECOND:
        return f"{when:%H:%M:%S}.{round(ms) % 1000:03d}"
    if step < _DAY and (when.hour, when.minute, when.second) != (0, 0, 0):
        return f"{when:%H:%M:%S}" if step < _MINUTE else f"{when:%H:%M}"
    if step > 300 * _DAY:
        return f"{when.year}"
    return f"{when.day} {when:%b}" if step < 80 * _DAY else f"{when:%b} {when.year}"
