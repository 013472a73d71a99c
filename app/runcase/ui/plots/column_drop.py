"""A column of the runs table over the cards: what dropping it there will do, said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from runcase.curves.chart import Chart
from runcase.itemmodels.chart_drops import Outcome, Zone, dropped_beside, dropped_on, zone_at
from runcase.store.records import ColumnKey
from runcase.ui.theme import Theme
from runcase.ui.widgets.drop_overlay import DropOverlay

if TYPE_CHECKING:
    from runcase.ui.plots.chart_grid import ChartGrid

_HEADER = 30


class ColumnDrop:
    """A part of the cards' canvas, made in its constructor."""

    def __init__(self, theme: Theme, grid: ChartGrid, canvas: QWidget) -> None:
        self._grid = grid
        self._overlay = DropOverlay(theme, canvas)

    def offer(self, key: ColumnKey, at: QPoint) -> Outcome:
        """Name over the part of the card at a point what dropping a column there will do."""
        found = self._grid.chart_at(at)
        if found is None:
            outcome, area = dropped_beside(key), self._grid.seen()
        else:
            chart, rect = found
            zone = _zone(chart, rect, at)
            outcome, area = dropped_on(chart, key, zone), _part(chart, rect, zone)
        self._overlay.announce(outcome.title, outcome.text, area=area)
        return outcome

    def end(self) -> None:
        """Take the words away."""
        self._overlay.hide()


def _zone(chart: Chart, rect: QRect, at: QPoint) -> Zone:
    high = max(1, rect.height() - _HEADER)
    across = (at.x() - rect.left()) / max(1, rect.width())
    return zone_at(chart.kind, across, min(1.0, (rect.bottom() - at.y()) / high))


def _part(chart: Chart, rect: QRect, zone: Zone) -> QRect:
    """Return the half of a card that a zone is said on, the whole where there is one zone only."""
    body = rect.adjusted(0, _HEADER, 0, 0)
    halves = {
        Zone.BOTTOM: body.adjusted(0, body.height() // 2, 0, 0),
        Zone.LEFT: body.adjusted(0, 0, -body.width() // 2, 0),
        Zone.RIGHT: body.adjusted(body.width() // 2, 0, 0, 0),
    }
    places = {
        zone_at(chart.kind, across, up) for across, up in ((0.5, 0.0), (0.0, 0.5), (1.0, 1.0))
    }
    return halves[zone] if len(places) > 1 else body
