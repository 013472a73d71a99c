"""Columns of runs as an exported file has them, and the columns that a chart names."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from runcase.curves.run_table import RunTable, Values


def column(table: RunTable, name: str) -> Values:
    """Return a column; one of nothing but gaps for a name that the table does not have."""
    found = table.columns.get(name)
    if found is not None:
        return found
    title = name.partition(":")[2] or name
    gaps = np.full(len(table), np.nan)
    return Values(name, title, gaps, np.full(len(table), -1, dtype=np.int32), (), True)


def cell(values: Values, at: int) -> float | int | str | None:
    """Return a run's value: its number, its text, or None; whole ms of times."""
    if not values.is_numeric:
        code = int(values.codes[at])
        return values.labels[code] if code >= 0 else None
    value = float(values.numbers[at])
    if np.isnan(value):
        return None
    return int(value) if values.is_time and np.isfinite(value) else value


def as_numbers(table: RunTable, names: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Return ids, names and some columns of all runs, in order, for a file."""
    found: dict[str, Sequence[Any]] = {"run_id": list(table.run_ids), "run": list(table.names)}
    for name in dict.fromkeys(names):
        if name:
            values = column(table, name)
            title = values.title if values.title not in found else name
            found[title] = [cell(values, at) for at in range(len(table))]
    return found
