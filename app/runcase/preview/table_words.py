"""Cells and types of tables in words."""

import math
from datetime import date, datetime, time, timedelta
from typing import Any

CELL_CHARACTERS = 1_000


def cell(value: Any) -> str | None:
    """Return a value as text: floats with all their digits, dates as ISO 8601."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return floating(value)
    if isinstance(value, bytes):
        return short(value[:CELL_CHARACTERS].hex(" "))
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, list):
        inner = ", ".join(cell(each) or "null" for each in value[:100])
        return short(f"[{inner}{', …' if len(value) > 100 else ''}]")
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {cell(each) or 'null'}" for key, each in value.items())
        return short(f"{{{inner}}}")
    return short(str(value))


def floating(value: float) -> str:
    """Return a float with all its digits."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return repr(value)


def brief(value: object, digits: int = 4) -> str:
    """Return a value as a column's header has room for it: few digits, few characters."""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.{digits}g}".replace("-", "−")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace("-", "−") if abs(value) < 10**7 else f"{value:.3e}"
    words = cell(value) or "—"
    return words if len(words) <= 24 else words[:23] + "…"


def short(value: str | None) -> str | None:
    """Cut a cell to what a table shows of it."""
    if value is None or len(value) <= CELL_CHARACTERS:
        return value
    return value[:CELL_CHARACTERS] + " …"


def type_words(dtype: str) -> str:
    """Return a polars dtype in one short word, as the header has room for."""
    name = dtype.split("(")[0].lower()
    if name in ("list", "array"):
        inner = dtype[dtype.index("(") + 1 :].rstrip(")").split(",")[0].split("(")[0].lower()
        return f"list[{inner}]"
    return {"categorical": "dict", "enum": "dict", "boolean": "bool"}.get(name, name)


def inferred(values: list[str | None]) -> str:
    """Say what the values of a window look like: empty, bool, int, float, date or string."""
    present = [value.strip() for value in values if value]
    if not present:
        return "empty"
    if all(value.lower() in ("true", "false") for value in present):
        return "bool"
    if all(is_number(value) for value in present):
        return "int" if all(value.lstrip("+-").isdigit() for value in present) else "float"
    return "date" if all(_is_date(value) for value in present) else "string"


def is_number(value: str) -> bool:
    """Say whether a cell of a text file is a number."""
    try:
        float(value)
    except ValueError:
        return False
    return "_" not in value  # Python reads 1_000 as a number, nobody else does


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
