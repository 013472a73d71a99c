"""What the context menu of a chart offers for the run under the mouse."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from runcase.itemmodels import formats
from runcase.ui.actions import RUN_COLORS

if TYPE_CHECKING:
    from runcase.ui.plots.chart_panel import ChartPanel


def add_run_menu(menu: QMenu, panel: ChartPanel, run_id: str) -> None:
    """Offer to select, open, hide and colour a run; nothing without a table of runs."""
    if panel.looks.source is None:
        return
    run = next((each for each in panel.looks.runs if each.run_id == run_id), None)
    is_shown = run is not None and run.color is not None
    style = panel.looks.styles().get(run_id)
    menu.addSection(formats.one_line(style.name if style else formats.short_id(run_id))[:60])
    menu.addAction("Select Run", partial(panel.run_clicked.emit, run_id))
    menu.addAction("Open Run", partial(panel.opened.emit, run_id))
    menu.addAction("Hide Run" if is_shown else "Show Run", partial(panel.toggled.emit, run_id))
    menu.addAction("Only This Run", partial(panel.kept.emit, frozenset([run_id])))
    colors = menu.addMenu("Colour")
    for at, name in enumerate(RUN_COLORS):
        icon = panel.context.theme.run_icon(at)
        colors.addAction(icon, name, partial(panel.colored.emit, run_id, at))
    menu.addSeparator()
