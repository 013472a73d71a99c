"""Importance of params: one bar for each, the most important first."""

from dataclasses import dataclass

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.importance import Importances, Method, by_forest, by_rank
from runcase.curves.run_table import RunTable
from runcase.errors import CancelledError, RuncaseError
from runcase.progress import Progress


@dataclass(frozen=True, slots=True, eq=False)
class ImportanceBars:
    """What matters for a metric.

    Attributes:
        metric: Its title.
        found: None where `problem` says why.
        problem: What is wrong and what to do; "" for nothing.
    """

    metric: str
    method: Method
    found: Importances | None
    problem: str


def importance(chart: Chart, table: RunTable, progress: Progress) -> ImportanceBars:
    """Measure the params of a chart for its metric; a forest takes seconds."""
    metric = column(table, chart.name(Role.Y))
    params = [column(table, name) for name in chart.names(Role.AXES)]
    method = Method.FOREST if chart.options.get("method") == "forest" else Method.RANK
    measure = by_forest if method is Method.FOREST else by_rank
    try:
        return ImportanceBars(metric.title, method, measure(params, metric, progress), "")
    except CancelledError:
        raise
    except RuncaseError as error:
        return ImportanceBars(metric.title, method, None, str(error))
