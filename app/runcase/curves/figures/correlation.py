"""A correlation matrix: params against metrics, or all columns against all."""

from dataclasses import dataclass

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.matrix import Matrix, Method, correlations
from runcase.curves.run_table import RunTable
from runcase.progress import Progress

# More cells cannot be told apart, and take seconds.
MOST = 40


@dataclass(frozen=True, slots=True, eq=False)
class Correlation:
    """The names and titles of rows and columns, and what is in the cells."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_titles: tuple[str, ...]
    column_titles: tuple[str, ...]
    matrix: Matrix
    method: Method
    left_out: int


def correlation(chart: Chart, table: RunTable, progress: Progress) -> Correlation:
    """Correlate the columns of a chart: those that are no metrics with those that are.

    All with all where there are only metrics or none, or the option "square" says so.
    """
    names = chart.names(Role.AXES)
    metrics = tuple(name for name in names if name.startswith("metric"))
    others = tuple(name for name in names if name not in metrics)
    square = bool(chart.options.get("square")) or not metrics or not others
    rows, columns = (names, names) if square else (others, metrics)
    rows, columns = rows[:MOST], columns[:MOST]
    found = {name: column(table, name) for name in (*rows, *columns)}
    method = Method.PEARSON if chart.options.get("method") == "pearson" else Method.SPEARMAN
    matrix = correlations(
        [found[name] for name in rows], [found[name] for name in columns], method, progress
    )
    return Correlation(
        rows,
        columns,
        tuple(found[name].title for name in rows),
        tuple(found[name].title for name in columns),
        matrix,
        method,
        len(set(names)) - len(found),
    )
