"""The kinds of charts: their names, what columns they take, their options and first choices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.itemmodels import columns as titles
from runcase.itemmodels.directions import Direction, direction
from runcase.store.records import Kind

# What a person sees at once; more axes are added by hand.
_FIRST_AXES = 7
_FIRST_PARAMS = 20
_FIRST_METRICS = 8
# The option of a chart that shows the charted runs alone, and not all that match the filter.
ONLY_SHOWN = "only_shown"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for columns in a chart.

    Attributes:
        many: Whether it takes several.
        needed: Whether the chart is nothing without it.
        numeric: Whether texts are of no use there.
    """

    role: Role
    label: str
    many: bool = False
    needed: bool = True
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A switch of a chart: `name` in its options is `value` when it is on, and absent when off."""

    label: str
    name: str
    value: object = True


@dataclass(frozen=True, slots=True)
class KindOfChart:
    """What a person reads of a kind, and what it takes."""

    kind: ChartKind
    name: str
    icon: str
    meaning: str
    slots: tuple[Slot, ...]
    options: tuple[Option, ...] = ()


_LOG_X, _LOG_Y = Option("Log X", "log_x"), Option("Log Y", "log_y")
KINDS = (
    KindOfChart(
        ChartKind.LINE,
        "Line",
        "chart-line",
        "Metrics over steps or time, a curve for each shown run.",
        (Slot(Role.Y, "Metrics or expressions", many=True),),
        (_LOG_Y,),
    ),
    KindOfChart(
        ChartKind.SCATTER,
        "Scatter",
        "chart-scatter",
        "Any column against any other, a point for each run.",
        (
            Slot(Role.X, "X"),
            Slot(Role.Y, "Y"),
            Slot(Role.COLOR, "Colour", needed=False),
            Slot(Role.SIZE, "Size", needed=False, numeric=True),
        ),
        (
            _LOG_X,
            _LOG_Y,
            Option("Log Colour", "log_color"),
            Option("Fit Line", "fit", "line"),
            Option("Fit Curve", "fit", "curve"),
        ),
    ),
    KindOfChart(
        ChartKind.PARALLEL,
        "Parallel Coordinates",
        "chart-spline",
        "An axis for each column, a curve for each run: drag along an axis to brush.",
        (Slot(Role.AXES, "Axes", many=True),),
    ),
    KindOfChart(
        ChartKind.BOX,
        "Box",
        "chart-candlestick",
        "How a metric is spread for each value of a param.",
        (Slot(Role.Y, "Value", numeric=True), Slot(Role.X, "By", needed=False)),
        (Option("Violins", "violin"), _LOG_Y),
    ),
    KindOfChart(
        ChartKind.BAR,
        "Bar",
        "chart-bar",
        "A metric of each run, or its mean for each value of a param.",
        (Slot(Role.Y, "Value", numeric=True), Slot(Role.X, "Mean by", needed=False)),
        (Option("Smallest First", "ascending"), _LOG_X),
    ),
    KindOfChart(
        ChartKind.HEAT,
        "Heat Map",
        "grid-3x3",
        "The mean of a metric over a grid of two columns.",
        (
            Slot(Role.X, "X"),
            Slot(Role.Y, "Y"),
            Slot(Role.Z, "Mean of", needed=False, numeric=True),
        ),
        (_LOG_X, _LOG_Y),
    ),
    KindOfChart(
        ChartKind.CONTOUR,
        "Contour",
        "mountain",
        "A metric over two columns as lines of one value, linear between the runs.",
        (
            Slot(Role.X, "X"),
            Slot(Role.Y, "Y"),
            Slot(Role.Z, "Lines of", numeric=True),
        ),
        (_LOG_X, _LOG_Y, Option("Log Value", "log_z")),
    ),
    KindOfChart(
        ChartKind.HISTOGRAM,
        "Histogram",
        "chart-column",
        "How many runs have which values.",
        (Slot(Role.X, "Value"), Slot(Role.COLOR, "Split by", needed=False)),
        (_LOG_X,),
    ),
    KindOfChart(
        ChartKind.CORRELATION,
        "Correlation Matrix",
        "grid-2x2",
        "How closely params and metrics go with each other.",
        (Slot(Role.AXES, "Columns", many=True),),
        (Option("Pearson’s r", "method", "pearson"), Option("All with All", "square")),
    ),
    KindOfChart(
        ChartKind.IMPORTANCE,
        "Parameter Importance",
        "chart-bar-decreasing",
        "Which params matter for a metric.",
        (Slot(Role.Y, "Metric", numeric=True), Slot(Role.AXES, "Params", many=True)),
        (Option("Random Forest", "method", "forest"),),
    ),
    KindOfChart(
        ChartKind.IMAGES,
        "Images",
        "file-image",
        "Logged images of the shown runs side by side, with a slider over steps.",
        (Slot(Role.AXES, "Images", many=True, needed=False),),
    ),
)
_BY_KIND = {each.kind: each for each in KINDS}


def kind_of(chart: Chart | ChartKind) -> KindOfChart:
    """Return what is known of a chart's kind."""
    return _BY_KIND[chart.kind if isinstance(chart, Chart) else chart]


def needed_columns(chart: Chart) -> tuple[str, ...]:
    """Return the columns that a chart of runs draws, as the table's views spell them."""
    if chart.kind is ChartKind.IMAGES:
        return (titles.encode(titles.ARTIFACTS),)
    slots = kind_of(chart).slots
    names = (name for slot in slots for name in chart.names(slot.role) if name)
    return tuple(dict.fromkeys(names))


def is_on(chart: Chart, option: Option) -> bool:
    """Say whether a switch of a chart is on."""
    value = chart.options.get(option.name)
    return bool(value) if option.value is True else value == option.value


def switched(chart: Chart, option: Option) -> Chart:
    """Return a chart with a switch of it turned."""
    options = {name: value for name, value in chart.options.items() if name != option.name}
    if not is_on(chart, option):
        options[option.name] = option.value
    return replace(chart, options=options)


def options_menu(chart: Chart) -> list[tuple[str, bool, Chart]]:
    """Return a chart's switches for its menu: text, whether it is on, the chart after it."""
    return [
        (option.label, is_on(chart, option), switched(chart, option))
        for option in kind_of(chart).options
        if option.name != "log_color" or chart.name(Role.COLOR)
    ]


def column_title(name: str) -> str:
    """Return the title of a column that a chart names."""
    key = titles.decode(name)
    if key is None:
        return name
    return f"{titles.how_words(key.how)} {titles.title(key)}" if key.how else titles.title(key)


def chart_title(chart: Chart) -> str:
    """Return what a person called a chart, or else what it shows."""
    if chart.title:
        return chart.title
    x, y, z = (column_title(chart.name(role)) for role in (Role.X, Role.Y, Role.Z))
    kind = kind_of(chart)
    if chart.kind is ChartKind.LINE:
        along = chart.name(Role.X)
        return " · ".join(chart.names(Role.Y)) + (f" over {along}" if along else "")
    if chart.kind is ChartKind.SCATTER:
        return f"{y} × {x}"
    if chart.kind in (ChartKind.HEAT, ChartKind.CONTOUR):
        return f"{z or 'runs'} over {x} × {y}"
    if chart.kind is ChartKind.IMPORTANCE:
        return f"What matters for {y}"
    if chart.kind in (ChartKind.BOX, ChartKind.BAR):
        return f"{y} by {x}" if x else y
    return x if chart.kind is ChartKind.HISTOGRAM else kind.name


def default_chart(
    kind: ChartKind,
    columns: Sequence[str],
    *,
    chart_id: str = "",
    tags: dict[str, str] | None = None,
    varying: Collection[str] | None = None,
) -> Chart:
    """Return a chart of a kind with columns that are likely wanted; roles may stay empty.

    Args:
        kind: The kind.
        columns: All there are, as the table's views spell them.
        chart_id: The id of the new chart.
        tags: Of the experiment: they may name its primary metric.
        varying: The columns whose values differ among the runs, where that is known.
    """
    metrics = _metrics(columns, tags or {})
    params = [name for name in columns if name.startswith("param:")]
    if varying is not None:
        params = [name for name in params if name in varying] or params
    wanted = _likely(metrics, params).get(kind, {})
    kept = {role: tuple(name for name in names if name) for role, names in wanted.items()}
    # Only shown runs are in the image grid: where the files of all others are need not be read.
    options = {ONLY_SHOWN: True} if kind is ChartKind.IMAGES else {}
    return Chart(chart_id, kind, {role: names for role, names in kept.items() if names}, options)


def _likely(
    metrics: Sequence[str], params: Sequence[str]
) -> dict[ChartKind, dict[Role, tuple[str, ...]]]:
    """Return the columns for each kind; "" where there is none."""
    best, other = (*metrics, "", "")[:2]
    first, second = (*params, "", "")[:2]
    return {
        ChartKind.LINE: {Role.Y: (best.partition(":")[2],)},
        ChartKind.SCATTER: {Role.X: (first or other,), Role.Y: (best,)},
        ChartKind.PARALLEL: {Role.AXES: (*params[: _FIRST_AXES - 1], best)},
        ChartKind.BOX: {Role.Y: (best,), Role.X: (first,)},
        ChartKind.BAR: {Role.Y: (best,)},
        ChartKind.HEAT: {Role.X: (first,), Role.Y: (second or other,), Role.Z: (best,)},
        ChartKind.CONTOUR: {Role.X: (first,), Role.Y: (second or other,), Role.Z: (best,)},
        ChartKind.HISTOGRAM: {Role.X: (best or first,)},
        ChartKind.CORRELATION: {Role.AXES: (*params[:_FIRST_PARAMS], *metrics[:_FIRST_METRICS])},
        ChartKind.IMPORTANCE: {Role.Y: (best,), Role.AXES: tuple(params)},
    }


def _metrics(columns: Sequence[str], tags: dict[str, str]) -> list[str]:
    """Return the metrics, the likely ones first: the primary one, then those with a direction."""
    primary = tags.get("mlflow.experiment.primaryMetric.name", "")

    def place(name: str) -> tuple[int, bool]:
        key = titles.decode(name)
        text = key.key if key is not None else ""
        if text == primary:
            return 0, False
        known = direction(text, tags) is not Direction.UNKNOWN
        return (1 if known else 2) + 2 * text.startswith("system/"), "train" in text.lower()

    found = [name for name in columns if titles.decode(name) and _is_plain_metric(name)]
    return sorted(found, key=place)


def _is_plain_metric(name: str) -> bool:
    key = titles.decode(name)
    return key is not None and key.kind is Kind.METRIC and not key.how
