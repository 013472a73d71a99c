"""What the cells of a runs table say: texts, and what a delegate needs to paint them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.arrangement import Arrangement
from runcase.itemmodels.column_stats import Stats
from runcase.itemmodels.directions import Direction
from runcase.itemmodels.wish import MIXED
from runcase.store.columns import Column, DatasetColumn, MetricColumn, TextColumn
from runcase.store.frame import MISSING, RunFrame
from runcase.store.records import ColumnKey, Kind

if TYPE_CHECKING:
    from runcase.itemmodels.grouping import SummaryCells
    from runcase.store.frame_groups import Groups

_RUN_ID = ColumnKey(Kind.ATTRIBUTE, "run_id")
_COMMIT = ColumnKey(Kind.TAG, "mlflow.source.git.commit")
_SHORT_COMMIT = 7


class Cell(NamedTuple):
    """What a delegate paints.

    `fraction` is the bar's length 0 to 1, -1 for no bar; `after` stands muted behind the text, such
    as "± 0.02"; `summary` says that the value is that of several runs.
    """

    text: str
    muted: bool = False
    warn: bool = False
    best: bool = False
    fraction: float = -1.0
    right: bool = False
    mono: bool = False
    after: str = ""
    summary: bool = False


_NO_STATS = Stats()
_EMPTY = Cell("", muted=True)
_NO_NUMBER = Cell(formats.MISSING, muted=True, right=True)
_NO_TEXT = Cell(formats.MISSING, muted=True)


def run_cell(
    arrangement: Arrangement,
    at: int,
    key: ColumnKey,
    now_ms: int,
    experiments: Mapping[str, str],
) -> Cell:
    """Return the cell of a row of the frame."""
    frame = arrangement.frame
    if key.kind is Kind.ATTRIBUTE:
        return _attribute(frame, at, key, now_ms, experiments)
    column = frame.columns.get(key)
    if isinstance(column, MetricColumn):
        return _metric(arrangement, column, at, key)
    if isinstance(column, TextColumn):
        return _text(column, at, key, arrangement.stats.get(key))
    if isinstance(column, DatasetColumn):
        texts = column.texts(at)
        return Cell(formats.one_line(", ".join(texts))) if texts else _NO_TEXT
    return _EMPTY


def group_cell(
    arrangement: Arrangement, at: int, key: ColumnKey, experiments: Mapping[str, str]
) -> Cell:
    """Return the cell of a group: its value over all its runs, or the text that they share."""
    grouping = arrangement.grouping
    assert grouping is not None
    found = grouping.cells.get(key)
    if found is not None:
        return _summary(arrangement, found, at, key)
    codes = grouping.shared.get(key)
    if codes is None:
        return _EMPTY
    code = int(codes[at])
    if code == MIXED:
        return Cell("mixed", muted=True)
    column = arrangement.frame.column(key)
    return _of_code(column, code, key, experiments)


def group_label(arrangement: Arrangement, at: int, experiments: Mapping[str, str]) -> str:
    """Return what a group's runs share, such as "model = svm"."""
    grouping = arrangement.grouping
    assert grouping is not None
    groups = grouping.groups
    key = groups.keys[int(groups.level[at])].column
    label = groups.labels[at]
    name = f"{titles.how_words(key.how)}({titles.title(key)})" if key.how else titles.title(key)
    if label is None:
        return f"no {name}"
    if key == titles.EXPERIMENT:
        label = experiments.get(label, label)
    ends = groups.ranges[at]
    if ends is not None and key in (*titles.TIMES, titles.DURATION):
        low, high = round(ends[0]), round(ends[1])
        write = formats.duration if key == titles.DURATION else formats.moment
        label = write(low) if low == high else f"{write(low)} … {write(high)}"
    return f"{name} = {formats.one_line(label) or '“”'}"


def exact_text(frame: RunFrame, at: int, key: ColumnKey) -> str:
    """Return a run's value in full precision, as copying does; "" when it is missing."""
    column = frame.columns.get(key)
    if isinstance(column, MetricColumn):
        return formats.exact(float(column.values[at])) if column.present[at] else ""
    if isinstance(column, TextColumn):
        return column.text(at) or ""
    if isinstance(column, DatasetColumn):
        return ", ".join(column.texts(at))
    if key in titles.TIMES:
        value = int(getattr(frame, key.key)[at])
        return "" if value == MISSING else str(value)
    if key == titles.DURATION:
        start, end = int(frame.start_time[at]), int(frame.end_time[at])
        return "" if MISSING in (start, end) else str(end - start)
    if key.kind is Kind.ATTRIBUTE and key != titles.AGE:
        return frame.text(key.key, at) or ""
    return ""


def value_of(frame: RunFrame, at: int, key: ColumnKey) -> str | float | int | None:
    """Return a run's value as a filter compares with it; None when it is missing."""
    column = frame.columns.get(key)
    if isinstance(column, MetricColumn):
        return float(column.values[at]) if column.present[at] else None
    if key == titles.DURATION or key in titles.TIMES:
        text = exact_text(frame, at, key)
        return int(text) if text else None
    if isinstance(column, DatasetColumn):
        texts = column.texts(at)
        return texts[0] if texts else None
    return exact_text(frame, at, key) or None


def _attribute(
    frame: RunFrame, at: int, key: ColumnKey, now_ms: int, experiments: Mapping[str, str]
) -> Cell:
    if key == titles.DURATION:
        return _duration(frame, at, now_ms)
    if key in titles.TIMES or key == titles.AGE:
        value = int(frame.end_time[at] if key == titles.ENDED else frame.start_time[at])
        if value == MISSING:
            return _NO_NUMBER if key == titles.AGE else _NO_TEXT
        if key == titles.AGE:
            return Cell(formats.duration(now_ms - value), right=True)
        return Cell(formats.age(value, now_ms))
    column = frame.column(key)
    if not isinstance(column, TextColumn):
        return _EMPTY
    text = column.text(at)
    if key == titles.NAME:
        return Cell(formats.one_line(text or "") or formats.short_id(frame.ids[at]))
    if not text:
        return _NO_TEXT
    if key == titles.EXPERIMENT:
        return Cell(formats.one_line(experiments.get(text, text)))
    if key in (_RUN_ID, titles.PARENT):
        return Cell(formats.short_id(text), mono=True)
    return Cell(formats.one_line(text))


def _duration(frame: RunFrame, at: int, now_ms: int) -> Cell:
    start, end = int(frame.start_time[at]), int(frame.end_time[at])
    if start == MISSING:
        return _NO_NUMBER
    if end == MISSING:
        if frame.text("status", at) != "RUNNING":
            return _NO_NUMBER
        return Cell(formats.duration(max(0, now_ms - start)), right=True)
    return Cell(formats.duration(end - start), warn=end < start, right=True)


def _metric(arrangement: Arrangement, column: MetricColumn, at: int, key: ColumnKey) -> Cell:
    if not column.present[at]:
        family = arrangement.family
        if family is not None and column.complete:
            place, found = int(family.place[at]), family.cells.get(key)
            if place >= 0 and found is not None:
                cell = _summary(arrangement, found, place, key)
                return cell._replace(muted=True, best=False, fraction=-1.0, after="")
        return _NO_NUMBER if column.complete else Cell("", muted=True, right=True)
    value = float(column.values[at])
    stats = arrangement.stats.get(key, _NO_STATS)  # a new column is shown before it is known
    if key.how.startswith("step"):
        return Cell(formats.count(int(value)), right=True)
    if value - value != 0:  # NaN and the infinities
        return Cell(formats.number(value), warn=True, right=True)
    fraction = -1.0
    if stats.high > stats.low:
        fraction = min(1.0, max(0.0, (value - stats.low) / (stats.high - stats.low)))
    text = formats.number(value, stats.decimals)
    return Cell(text, False, False, value == stats.best, fraction, True)


def _text(column: TextColumn, at: int, key: ColumnKey, stats: Stats | None) -> Cell:
    text = column.text(at)
    numeric = stats is not None and stats.numeric
    if text is None:
        if not column.complete and not column.present[at]:
            return _EMPTY
        return _NO_NUMBER if numeric else _NO_TEXT
    if key == titles.STAR:
        return Cell("★", right=False)
    if key == _COMMIT:
        return Cell(formats.one_line(text)[:_SHORT_COMMIT], mono=True)
    return Cell(formats.one_line(text), right=numeric, mono=key.kind is Kind.PARAM)


def _summary(arrangement: Arrangement, found: SummaryCells, at: int, key: ColumnKey) -> Cell:
    value, spread = float(found.value[at]), float(found.spread[at])
    if value != value:
        return _NO_NUMBER
    stats = found.stats
    decimals = None
    if key.kind is Kind.METRIC:
        decimals = max(stats.decimals, arrangement.stats.get(key, _NO_STATS).decimals)
    fraction = -1.0
    if stats.high > stats.low and key.kind is Kind.METRIC:
        fraction = min(1.0, max(0.0, (value - stats.low) / (stats.high - stats.low)))
    if key == titles.DURATION:
        return Cell(formats.duration(round(value)), right=True, summary=True)
    if key in titles.TIMES or key == titles.AGE:
        return _EMPTY
    after = "" if spread != spread else f"± {formats.number(spread, decimals)}"
    text = formats.number(value, decimals)
    best = value == stats.best
    return Cell(text, best=best, fraction=fraction, right=True, after=after, summary=True)


def _of_code(
    column: Column | None, code: int, key: ColumnKey, experiments: Mapping[str, str]
) -> Cell:
    if code < 0 or column is None:
        return _NO_TEXT
    assert isinstance(column, TextColumn | DatasetColumn)
    value = column.categories[code]
    text = value if isinstance(value, str) else ", ".join(value)
    if key == titles.EXPERIMENT:
        text = experiments.get(text, text)
    return Cell(formats.one_line(text), mono=key.kind is Kind.PARAM)


def summary_tip(
    frame: RunFrame, groups: Groups, at: int, key: ColumnKey, stats: Stats, towards: Direction
) -> str:
    """Return every statistic of a group's or a parent's cell, a line each, with the best run."""
    # Imported here: by now there are groups, or children to sum up.
    from runcase.store.frame_groups import moments, only, ranks

    alone = only(groups, at)
    found, ordered = moments(frame, alone, key), ranks(frame, alone, key)
    if found is None or ordered is None:
        return ""
    lines = [formats.counted(int(found.values[0]), "value")]
    for name, values in (
        ("mean", found.mean),
        ("median", ordered.median),
        ("std", found.std),
        ("sem", found.sem),
        ("minimum", ordered.low),
        ("maximum", ordered.high),
    ):
        if not np.isnan(values[0]):
            lines.append(f"{name} {formats.number(float(values[0]), stats.decimals + 1)}")
    ends = {Direction.LOWER: ordered.lowest, Direction.HIGHER: ordered.highest}
    best = int(ends[towards][0]) if towards in ends else -1
    if best >= 0:
        name = frame.text("run_name", best) or formats.short_id(frame.ids[best])
        lines.append(f"best run {formats.one_line(name)}")
    return "\n".join(lines)
