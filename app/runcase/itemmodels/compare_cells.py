"""What the cells of the compare table say: a value, its delta to the baseline and its verdict."""

import math
from typing import NamedTuple

from runcase.itemmodels import formats
from runcase.itemmodels.compare_rows import Row, Section
from runcase.itemmodels.directions import Direction

NOT_LOGGED = "not logged"
_MONO_KEYS = frozenset({"command", "source", "entry point", "git commit", "parent run"})
_LARGE = 1e3  # percent that are written with an exponent, so that they fit
_MONO = frozenset({Section.PARAMS, Section.TAGS, Section.DATASETS, Section.ENVIRONMENT})


class CompareCell(NamedTuple):
    """What a delegate paints.

    `verdict` is 1 for better than the baseline, -1 for worse, 0 for neither or unknown; `other`
    says that a text is not the baseline's.
    """

    text: str
    delta: str = ""
    percent: str = ""
    verdict: int = 0
    best: bool = False
    missing: bool = False
    warn: bool = False
    other: bool = False
    mono: bool = False
    right: bool = False


def compare_cell(row: Row, run: int, baseline: int) -> CompareCell:
    """Return the cell of a row and a run; `baseline` is the run compared with, -1 for none."""
    text = row.texts[run]
    if text is None:
        missing = "missing" if row.section is Section.ARTIFACTS else NOT_LOGGED
        return CompareCell(missing, missing=True, right=row.values is not None)
    if row.values is not None:
        return _metric(row, run, baseline)
    base = row.texts[baseline] if baseline >= 0 and baseline != run else None
    other = baseline >= 0 and baseline != run and text != base
    if row.section is Section.ARTIFACTS:
        return CompareCell(_file(row, run, base, other and base is not None), other=other)
    mono = row.section in _MONO or row.key in _MONO_KEYS
    return CompareCell(formats.one_line(text) or "“”", other=other, mono=mono)


def full_text(row: Row, run: int, baseline: int) -> str:
    """Return a cell in words, as a tool tip and a screen reader have it."""
    text = row.texts[run]
    if text is None:
        return NOT_LOGGED
    cell = compare_cell(row, run, baseline)
    words = [formats.excerpt(text)]
    if cell.delta:
        verdict = {1: "better", -1: "worse"}.get(cell.verdict, "")
        against = f"{cell.delta} {cell.percent} against the baseline".replace("  ", " ")
        words.append(f"{against}, {verdict}" if verdict else against)
    if cell.best:
        words.append("best of the row")
    return "\n".join(words)


def delta_text(change: float, decimals: int) -> str:
    """Write a change with its sign, in the decimals of its row or as many as it needs."""
    if change == 0 or math.isnan(change):
        return ""
    text = formats.number(abs(change), decimals)
    if not text.strip("0."):
        text = formats.number(abs(change))
    return f"{'+' if change > 0 else formats.MINUS}{text}"


def percent_text(change: float, base: float) -> str:
    """Write a change in percent of a base with one decimal; "" where that means nothing."""
    if change == 0 or base == 0 or not math.isfinite(change) or not math.isfinite(base):
        return ""
    share = 100 * (change / abs(base))
    if not math.isfinite(share):
        return ""
    sign = "+" if share > 0 else formats.MINUS
    if abs(share) >= _LARGE:
        return f"{sign}{_scientific(abs(share))}%"
    return f"{sign}{abs(share):,.1f}%"


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _file(row: Row, run: int, base: str | None, different: bool) -> str:
    """Return a file's size, and whether it is the baseline's."""
    text, size = row.texts[run], row.state[run] or ""
    if different:
        return f"{size} · different"
    if text != base:
        return size
    return f"{size} · same" if text and text.startswith("sha256") else f"{size} · same size"


def _metric(row: Row, run: int, baseline: int) -> CompareCell:
    assert row.values is not None
    value = float(row.values[run])
    decimals = row.stats.decimals
    text = formats.number(value, decimals)
    if not math.isfinite(value):
        cell = CompareCell(text, warn=True, right=True)
    else:
        cell = CompareCell(text, best=value == row.stats.best, right=True)
    if baseline < 0 or baseline == run or row.texts[baseline] is None:
        return cell
    base = float(row.values[baseline])
    change = value - base
    delta = delta_text(change, decimals)
    if not delta:
        return cell
    better = (change < 0) == (row.towards is Direction.LOWER)
    verdict = 0 if row.towards is Direction.UNKNOWN else 1 if better else -1
    return cell._replace(delta=delta, percent=percent_text(change, base), verdict=verdict)
