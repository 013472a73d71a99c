"""Numbers of a preview in words: sizes and dimensions."""

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def size(count: int) -> str:
    """Return a number of bytes with up to three significant digits, in steps of 1000."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    if unit == 0:
        return f"{count} B"
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    text = f"{value:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} {_UNITS[unit]}"


def dimensions(width: int, height: int) -> str:
    """Return a width and a height as a person writes them."""
    return f"{width:,} × {height:,}"


def many(count: int, one: str, more: str = "") -> str:
    """Return a count with its noun, such as "1 row" or "1,200 rows"."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
