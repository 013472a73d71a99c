"""What charts of runs say of one run, and what a script needs to know of the shown ones."""

from collections.abc import Mapping, Sequence

from PySide6.QtGui import Qt

from runcase.curves.figures.columns import column
from runcase.curves.run_table import RunTable, Values
from runcase.curves.scripts.writing import Look
from runcase.itemmodels import formats
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.point_tip import Hit

_DURATION = "attribute:duration"


def run_lines(table: RunTable, row: int, names: Sequence[str]) -> Hit:
    """Return a run with its values in some columns."""
    lines = []
    for name in dict.fromkeys(names):
        if name:
            values = column(table, name)
            lines.append((values.title, cell_text(values, row)))
    return Hit(str(table.run_ids[row]), str(table.names[row]), tuple(lines))


def cell_text(values: Values, row: int) -> str:
    """Write a run's value as the table does: params verbatim, metrics shortened."""
    if values.codes[row] >= 0:
        return values.labels[int(values.codes[row])]
    value = float(values.numbers[row])
    if value != value:
        return formats.MISSING
    if values.is_time:
        return formats.moment(round(value))
    return formats.duration(round(value)) if values.name == _DURATION else formats.number(value)


def as_plain(text: str) -> str:
    """Return a tooltip that shows a text as it is: what looks like HTML would be laid out."""
    return Qt.convertFromPlainText(text) if text else ""


def styles_of(styles: Mapping[str, CurveStyle]) -> dict[str, Look]:
    """Return names and colours of the shown runs for a script."""
    return {run_id: Look(style.name, style.color.name()) for run_id, style in styles.items()}
