"""Makes the widget of a chart of runs by its kind."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from runcase.curves.chart import Chart, ChartKind
from runcase.itemmodels.chart_kinds import default_chart, needed_columns, options_menu
from runcase.session.jobs import Jobs
from runcase.ui.plots.bar_chart import BarChart
from runcase.ui.plots.box_chart import BoxChart
from runcase.ui.plots.chart_view import RunsChart
from runcase.ui.plots.contour_chart import ContourChart
from runcase.ui.plots.correlation_chart import CorrelationChart
from runcase.ui.plots.heat_chart import HeatChart
from runcase.ui.plots.histogram_chart import HistogramChart
from runcase.ui.plots.importance_chart import ImportanceChart
from runcase.ui.plots.parallel_chart import ParallelChart
from runcase.ui.plots.scatter_chart import ScatterChart
from runcase.ui.theme import Theme

__all__ = ["default_chart", "make_chart", "needed_columns", "options_menu"]


def make_chart(theme: Theme, jobs: Jobs, chart: Chart, parent: QWidget | None = None) -> RunsChart:
    """Return a widget for a chart of columns of runs; not for lines and images.

    Raises:
        KeyError: The chart is of another kind.
    """
    made: dict[ChartKind, Callable[[Theme, Jobs, Chart, QWidget | None], RunsChart]] = {
        ChartKind.SCATTER: ScatterChart,
        ChartKind.PARALLEL: ParallelChart,
        ChartKind.BOX: BoxChart,
        ChartKind.BAR: BarChart,
        ChartKind.HEAT: HeatChart,
        ChartKind.CONTOUR: ContourChart,
        ChartKind.HISTOGRAM: HistogramChart,
        ChartKind.CORRELATION: CorrelationChart,
        ChartKind.IMPORTANCE: ImportanceChart,
    }
    return made[chart.kind](theme, jobs, chart, parent)
