"""Takes nested params apart: JSON, and what Python's `str` makes of a dict or a list."""

import ast
import json
from typing import Any

# Reading texts of this size takes up to 20 ms; longer ones stay whole.
_LONGEST = {"json": 400_000, "python": 60_000}
_MOST_LEAVES = 2_000
_DEEPEST = 60


def leaves(text: str) -> dict[str, str] | None:
    """Return the leaves of a nested value by their path, such as `optimizer.betas[0]`.

    None where the text is no dict or list, is empty, or is too large or deep to be taken apart.
    Texts stay as they are; other leaves are spelled as in JSON.
    """
    stripped = text[:1] + text[-1:]
    if stripped not in ("{}", "[]") or len(text) <= 2:
        return None
    value = _parsed(text)
    if not isinstance(value, dict | list):
        return None
    found: dict[str, str] = {}
    if not _gather(value, "", found, 0):
        return None
    return found


def _parsed(text: str) -> Any:
    if len(text) <= _LONGEST["json"]:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    if len(text) <= _LONGEST["python"]:
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            return None
    return None


def _gather(value: Any, path: str, found: dict[str, str], depth: int) -> bool:
    """Add the leaves below a value; False where there are too many or they are too deep."""
    if depth > _DEEPEST or len(found) > _MOST_LEAVES:
        return False
    if isinstance(value, dict) and value:
        return all(
            _gather(each, f"{path}.{key}" if path else str(key), found, depth + 1)
            for key, each in value.items()
        )
    if isinstance(value, list | tuple) and value:
        return all(
            _gather(each, f"{path}[{at}]", found, depth + 1) for at, each in enumerate(value)
        )
    found[path] = value if isinstance(value, str) else _spelled(value)
    return True


def _spelled(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)
