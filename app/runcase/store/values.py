"""Turns what SQLite holds into what MLflow means: any column may hold any type, or nothing."""

import math
from collections.abc import Iterable
from typing import Any

_LEAST, _GREATEST = -(2**63), 2**63 - 1
_LONGEST_NUMBER = 400  # characters: longer texts are no numbers


def text(value: Any, default: str = "") -> str:
    """Return a value as text; bytes as UTF-8 with what is none replaced, NULL as `default`."""
    if type(value) is str:
        return value
    if value is None:
        return default
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def text_or_none(value: Any) -> str | None:
    """Return a value as text, None for NULL."""
    return None if value is None else text(value)


def number(value: Any) -> float | None:
    """Return a value as a number, None for NULL, bytes and texts that are none."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            return float(value)
        except ValueError:
            return None
    return None


def integer(value: Any) -> int | None:
    """Return a value as a 64-bit integer, the nearest one to a number beyond; None for no number.

    SQLite stores an integer beyond 64 bits as a REAL.
    """
    if type(value) is int:
        return value
    found = number(value)
    if found is None or math.isnan(found):
        return None
    if not _LEAST < found < _GREATEST:
        return _LEAST + 1 if found < 0 else _GREATEST
    return int(found)


def experiment_numbers(experiment_ids: Iterable[str]) -> list[int]:
    """Return the ids that can be a key of the table `experiments`, as SQLite holds them."""
    found = []
    for experiment_id in experiment_ids:
        digits = experiment_id.removeprefix("-")
        if digits.isdecimal() and len(digits) < 20 and _LEAST <= int(experiment_id) <= _GREATEST:
            found.append(int(experiment_id))
    return found


def follows(value: Any, after: Any) -> bool:
    """Say whether SQLite sorts a key after another, so that a walk along an index goes on.

    A damaged index has no order, and a replaced text has not its own: both could go round forever.
    """
    left, right = _rank(value), _rank(after)
    return left > right if left != right else bool(value is not None and value > after)


def _rank(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, int | float):
        return 1
    return 2 if isinstance(value, str) else 3
