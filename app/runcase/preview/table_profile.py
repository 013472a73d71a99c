"""What the columns of a table hold: nulls, distinct values, extremes, histograms, frequencies."""

from array import array
from typing import TYPE_CHECKING, Any

from runcase.preview.document import Column, Table
from runcase.preview.inventory import ColumnProfile, Profile
from runcase.preview.source import Source
from runcase.preview.table_query import Typed
from runcase.preview.table_words import brief, cell

if TYPE_CHECKING:
    import polars

BINS = 20
ROWS = 1_000_000
_COLUMNS = 200
_FREQUENT = 1_000


def profile(source: Source, frame: "polars.LazyFrame", columns: list[tuple[str, Typed]]) -> Profile:
    """Look at the first million rows, and at the first 200 columns."""
    import polars  # by now imported: the table was read with it

    shown = columns[:_COLUMNS]
    head = frame.select(
        polars.lit(0, dtype=polars.Int8).alias("·"),
        *(_measured(typed).alias(str(number)) for number, (_, typed) in enumerate(shown)),
    )
    rows = head.head(ROWS + 1).collect().drop("·")
    whole = rows.height <= ROWS
    rows = rows.head(ROWS)
    made = tuple(
        _column(name, typed.kind, rows[str(number)]) for number, (name, typed) in enumerate(shown)
    )
    return Profile(source.name, source.size, "", rows.height, whole, made)


def frequency(source: Source, frame: "polars.LazyFrame", name: str, typed: Typed) -> Table:
    """Count how often a column has each value, the commonest first."""
    import polars  # for the reason in profile

    counted = (
        frame.select(typed.expression.alias("value"))
        .group_by("value")
        .agg(polars.len().alias("count"))
        .sort("count", "value", descending=[True, False])
    )
    total = int(counted.select(polars.len()).collect().item())
    rows = counted.head(_FREQUENT).collect()
    cells = tuple(tuple(cell(each) for each in series.to_list()) for series in rows)
    columns = Column(name, "value", typed.kind == "number"), Column("count", "rows", True)
    return Table(source.name, source.size, "", "Frequency", columns, cells, 0, total, ())


def _measured(typed: Typed) -> "polars.Expr":
    """Return what is measured of a column: the length of lists, text of what has no order."""
    import polars  # for the reason in profile

    if typed.kind == "number":
        return typed.expression.cast(polars.Float64, strict=False).fill_nan(None)
    if typed.kind == "list":
        return typed.expression.list.len().cast(polars.Float64)
    return typed.expression.cast(polars.String, strict=False)


def _column(name: str, kind: str, values: "polars.Series") -> ColumnProfile:
    nulls = values.null_count()
    present = values.drop_nulls()
    if kind in ("number", "list"):
        return _numbers(name, kind, present, nulls)
    distinct = int(present.n_unique()) if present.len() else 0
    counted = present.value_counts(sort=True).head(BINS) if present.len() else None
    labels = () if counted is None else tuple(brief(each) for each in counted.to_series(0))
    bins = array("I", () if counted is None else counted.to_series(1).to_list())
    least: Any = present.min() if kind in ("text", "time") else None
    most: Any = present.max() if kind in ("text", "time") else None
    return ColumnProfile(
        name,
        nulls,
        distinct,
        "" if least is None else brief(least),
        "" if most is None else brief(most),
        "",
        bins.tobytes(),
        labels,
    )


def _numbers(name: str, kind: str, present: "polars.Series", nulls: int) -> ColumnProfile:
    import numpy  # polars has brought it

    values = present.to_numpy()
    values = values[numpy.isfinite(values)]
    if not values.size:
        return ColumnProfile(name, nulls, 0, "", "", "", b"", ())
    low, high = float(values.min()), float(values.max())
    with numpy.errstate(over="ignore", invalid="ignore"):
        span = high - low
        mean = float(values.mean())
    counts = numpy.zeros(BINS, numpy.uint32)
    if 0 < span < float("inf"):
        places = numpy.minimum(((values - low) * (BINS / span)).astype(numpy.int64), BINS - 1)
        counts = numpy.bincount(places.clip(0), minlength=BINS).astype(numpy.uint32)
    else:
        counts[0] = values.size
    distinct = int(present.n_unique())
    whole = bool((values == numpy.floor(values)).all())
    least, most = (brief(int(each) if whole else each, 3) for each in (low, high))
    if kind == "list":
        least, most = f"length {least}", most if most != least else ""
    return ColumnProfile(name, nulls, distinct, least, most, brief(mean), counts.tobytes(), ())
