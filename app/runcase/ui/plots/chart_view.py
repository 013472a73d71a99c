"""What every chart is to its card and to an export: data in; picture, numbers and script out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from runcase.curves.chart import Chart
from runcase.curves.points import Piece, Pieces
from runcase.curves.run_table import RunTable
from runcase.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class CurveStyle:
    """How a run looks: name, colour, and its dashes in pixels, none for a solid line."""

    name: str
    color: QColor
    dashes: tuple[int, ...] = ()


class Styles(Protocol):
    """Gives every shown run's style by its id, in the light theme's colours when asked.

    The style of a group of runs is there as well, by `group_id` of its label.
    """

    def __call__(self, *, light: bool = False) -> dict[str, CurveStyle]: ...


def group_id(label: str) -> str:
    """Return what a group's style is found by; no run has such an id."""
    return f"group {label}"


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a legend; `dashes` None for a spot instead of a line."""

    name: str
    color: QColor
    dashes: tuple[int, ...] | None = ()


class ChartView(QWidget):
    """One chart; the runs that are shown, selected and hovered are the page's own state.

    `run_clicked` and `run_hovered` carry a run id, "" for none; `brushed` a frozenset of run ids,
    or None when the brush is gone. `drawn` says that other data are shown: note, legend and numbers
    may have changed.
    """

    run_clicked = Signal(str)
    run_hovered = Signal(str)
    brushed = Signal(object)
    drawn = Signal()

    def __init__(self, theme: Theme, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.chart = chart
        self.styles: dict[str, CurveStyle] = {}
        self.selected: frozenset[str] = frozenset()
        self.hovered = ""

    def set_styles(self, styles: Mapping[str, CurveStyle]) -> None:
        """Take over names and colours of the shown runs; all other runs are drawn in grey."""
        self.styles = dict(styles)
        self.restyle()

    def set_selected(self, run_ids: Sequence[str]) -> None:
        """Draw these runs so that they stand out."""
        self.selected = frozenset(run_ids)
        self.restyle()

    def set_hovered(self, run_id: str) -> None:
        """Draw the run that the mouse is on elsewhere so that it stands out; "" for none."""
        if run_id != self.hovered:
            self.hovered = run_id
            self.restyle()

    def reset_zoom(self) -> None:
        """Show everything again; nothing to do where there is no zoom."""

    def clear_brush(self) -> None:
        """Take the brush away, without a signal; nothing to do where there is none."""

    def card_keys(self) -> list[Key]:
        """Return what the card names below the plot: what the table's colours do not tell."""
        return []

    @abstractmethod
    def restyle(self) -> None:
        """Draw the same data with the styles, the selection and the hovered run in force."""

    @abstractmethod
    def note(self) -> str:
        """Return the muted words beside the title, such as "47 runs · ρ = −0.21"."""

    @abstractmethod
    def legend(self, *, light: bool = False) -> list[Key]:
        """Return what an exported picture says below the plot."""

    def legend_in(self, styles: Mapping[str, CurveStyle], *, light: bool) -> list[Key]:
        """Return the legend in other colours, such as the light theme's."""
        kept, self.styles = self.styles, dict(styles)
        try:
            return self.legend(light=light)
        finally:
            self.styles = kept

    @abstractmethod
    def plot_size(self) -> tuple[int, int]:
        """Return the width and height of what `paint_plot` paints, in pixels."""

    @abstractmethod
    def paint_plot(
        self,
        painter: QPainter,
        target: QRectF,
        styles: Mapping[str, CurveStyle],
        *,
        light: bool,
        scale: float = 1.0,
    ) -> None:
        """Paint the chart as the window shows it, without crosshair and hover.

        Args:
            painter: On a picture or a page.
            target: Where to, in the painter's units; of the plot's own size it is not stretched.
            styles: The runs' colours of the theme that is painted in.
            light: Whether in the light theme's colours, whatever is in force.
            scale: Device pixels to a unit: lines are a pixel wide, and grow with it.
        """

    @abstractmethod
    def numbers(self) -> Piece:
        """Return what is drawn as columns of one length, for CSV and Parquet; in order."""

    def pieces(self) -> Pieces:
        """Return what a job calls for the numbers; large ones come piece by piece."""
        numbers = self.numbers()
        return lambda: (numbers,)

    @abstractmethod
    def script(self, styles: Mapping[str, CurveStyle]) -> Callable[[], str]:
        """Return what a job calls for a matplotlib script that draws this chart, data included.

        It returns "" where there is nothing to draw.
        """


class RunsChart(ChartView):
    """A chart of columns of runs: a scatter, a box plot and the like.

    `edited` carries this chart as a person changed it within the plot, `wanted` another chart to
    add: the scatter of a cell.
    """

    edited = Signal(object)
    wanted = Signal(object)

    def __init__(self, theme: Theme, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(theme, chart, parent)
        self.table = RunTable()

    def set_table(self, chart: Chart, table: RunTable) -> None:
        """Show a chart of these runs; called on the GUI thread, with what a job has read."""
        self.chart, self.table = chart, table
        self.rebuild()

    @abstractmethod
    def rebuild(self) -> None:
        """Draw `self.chart` of `self.table` from scratch; a zoom made by hand stays."""
