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


def cells(values: Values) -> list[float | int | str | None]:
    """Return the runs' values: their numbers, their texts, or None; whole ms of times."""
    if not values.is_numeric:
        texts = np.array([*values.labels, None], dtype=object)
        found: list[float | int | str | None] = texts[values.codes].tolist()
        return found
    numbers = values.numbers.astype(object)
    if values.is_time:
        finite = np.isfinite(values.numbers)
        numbers[finite] = values.numbers[finite].astype(np.int64).astype(object)
    numbers[np.isnan(values.numbers)] = None
    return list(numbers)


def as_numbers(table: RunTable, names: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Return ids, names and some columns of all runs, in order, for a file."""
    found: dict[str, Sequence[Any]] = {"run_id": list(table.run_ids), "run": list(table.names)}
    for name in dict.fromkeys(names):
        if name:
            values = column(table, name)
            title = values.title if values.title not in found else name
            found[title] = cells(values)
    return found
