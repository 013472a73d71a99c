"""The menus and commands of the charts: add, edit, duplicate, copy, group, lay out, name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QMenu, QPushButton

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.groups import Band, Centre
from runcase.curves.smoothing import Smoothing
from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.chart_kinds import KINDS, ONLY_SHOWN, chart_title, options_menu
from runcase.itemmodels.run_values import varying
from runcase.store.records import Kind
from runcase.ui import icons
from runcase.ui.plots.chart_card import ChartCard
from runcase.ui.plots.chart_options import COLUMNS
from runcase.ui.plots.chart_view import ChartView
from runcase.ui.plots.line_chart import LineChart
from runcase.ui.plots.run_looks import RunsSource
from runcase.ui.plots.run_menu import add_run_menu

if TYPE_CHECKING:
    from runcase.ui.plots.chart_panel import ChartPanel

_KINDS = {
    Smoothing.EMA: "Moving Average",
    Smoothing.TIME: "Time-Weighted",
    Smoothing.GAUSSIAN: "Gaussian",
    Smoothing.MEAN: "Running Mean",
}
_CENTRES = {Centre.MEAN: "Mean", Centre.MEDIAN: "Median"}
_BANDS = {
    Band.STD: "± Standard Deviation",
    Band.SEM: "± Standard Error",
    Band.CI95: "95 % Interval of the Mean",
    Band.RANGE: "Minimum to Maximum",
    Band.QUARTILES: "Quartiles",
    Band.NONE: "No Band",
}
_FLAGS = {
    "raw-line": "Raw Line",
    "hide-outliers": "Hide Outliers",
    "crosshair": "Crosshair",
    "log-x": "Log X",
    "follow-latest": "Follow Latest Points",
    "sync-x": "Sync X",
}
# So many params are offered to group by; the rest by the dialog of the table.
_OFFERED = 20


class ChartCommands:
    """A part of `ChartPanel`, made in its constructor."""

    def __init__(self, panel: ChartPanel) -> None:
        self._panel = panel

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the actions on one chart do; see `ChartPanel.current_card`."""
        found: dict[str, Callable[[], object]] = {
            "maximise": self._toggle_maximised,
            "reset-zoom": self._reset_zoom,
            "zoom-box": self._toggle_zoom_box,
            "add-chart": self.add,
            "edit-chart": lambda: self._with_current(self.edit),
            "duplicate-chart": lambda: self._with_current(self.duplicate),
            "remove-chart": lambda: self._with_current(self.remove),
            "export-chart": self.export,
            "export-charts": self.export_page,
            "copy-chart": self.copy_picture,
            "copy-chart-data": self.copy_numbers,
            "copy-chart-script": self.copy_script,
            "legend-text": self.ask_for_template,
        }
        if any(card.has_focus() for card in self._panel.grid.cards.values()):
            found["copy"] = self.copy_picture
        if next(self._panel.line_charts(), None) is not None:
            found["pin-values"] = self._toggle_pin
        if self._panel.book.removed:
            found["restore-charts"] = self.restore
        return found

    def add(self) -> None:
        """Offer the kinds of charts, and ask for the columns of a new one."""
        panel, menu = self._panel, self._menu()
        for each in KINDS:
            if each.kind is ChartKind.LINE or panel.looks.source is not None:
                icon = icons.icon(panel.context.theme, each.icon, "text-2", 15)
                menu.addAction(icon, f"{each.name}…", partial(self._ask_for_new, each.kind))
        self._open(menu, panel.tools.add_button)

    def edit(self, chart_id: str) -> None:
        """Ask for other columns, axes or limits of a chart."""
        chart = self._panel.book.chart(chart_id)
        if chart is not None:
            self._ask(chart)

    def duplicate(self, chart_id: str) -> None:
        """Put a copy of a chart behind it."""
        copy = self._panel.book.duplicate(chart_id)
        if copy is not None:
            self._panel.rearranged()
            self._panel.grid.scroll_to(copy.id)

    def remove(self, chart_id: str) -> None:
        """Take a chart away."""
        self._panel.book.remove(chart_id)
        self._panel.rearranged()

    def restore(self) -> None:
        """Bring back what was taken away, as it was."""
        self._panel.book.restore()
        self._panel.rearranged()

    def export(self, card: ChartCard | None = None) -> None:
        """Export a chart, the current one if none is named, as a picture or as numbers."""
        panel, card = self._panel, card or self._panel.current_card()
        if card is None or card.view is None:
            panel.said.emit("No chart is drawn that could be exported.", True)
            return
        self._export(card.view, chart_title(card.spec))

    def export_page(self) -> None:
        """Export the charts on the screen as one picture."""
        cards = [card for card in self._panel.grid.visible_cards() if card.view is not None]
        if cards:
            self._export(cards, "Charts")
        else:
            self._panel.said.emit("No chart is drawn that could be exported.", True)

    def copy_picture(self, card: ChartCard | None = None) -> None:
        """Put a chart on the clipboard as a picture."""
        card = card or self._panel.current_card()
        if card is not None:
            QGuiApplication.clipboard().setPixmap(card.picture())
            self._panel.said.emit("The chart is on the clipboard as a picture.", False)

    def copy_numbers(self, card: ChartCard | None = None) -> None:
        """Put what a chart shows on the clipboard, as rows with tabs between."""
        card = card or self._panel.current_card()
        if card is None or card.view is None:
            return
        from runcase.curves.points import as_text  # most windows never copy

        pieces = card.view.pieces()
        self._panel.context.jobs.submit(
            lambda progress: as_text(pieces, progress),
            owner=self._panel,
            then=partial(self._copied, "The chart's numbers are on the clipboard."),
            failed=lambda error: self._panel.said.emit(str(error), True),
            key="copy",
        )

    def copy_script(self, card: ChartCard | None = None) -> None:
        """Put a script on the clipboard that draws a chart with matplotlib."""
        card = card or self._panel.current_card()
        if card is None or card.view is None:
            return
        # In the light theme's colours: a figure is looked at on paper.
        work = card.view.script(self._panel.looks.styles(light=True))
        self._panel.context.jobs.submit(
            lambda _progress: work(), owner=self._panel, then=self._copied_script, key="script"
        )

    def ask_for_template(self) -> None:
        """Ask how runs are named in charts."""
        panel = self._panel
        text, said = QInputDialog.getText(
            panel,
            "Legend Text",
            "How runs are named in charts: {name}, {id}, {params.lr}, {tags.team}, {metrics.acc}",
            text=panel.tools.options.template,
        )
        if said:
            panel.tools.change(template=text.strip() or "{name}")

    def open_menu(self, chart_id: str, place: QPoint) -> None:
        """Open the menu of a card, and of the run under the mouse if there is one."""
        panel = self._panel
        chart = panel.book.chart(chart_id)
        card = panel.grid.cards.get(chart_id)
        if chart is None or card is None:
            return
        menu = QMenu(panel)
        menu.aboutToHide.connect(menu.deleteLater)
        if card.view is not None and card.view.hovered:
            add_run_menu(menu, panel, card.view.hovered)
        text = "Restore" if panel.maximised else "Maximise"
        menu.addAction(text, lambda: panel.maximise(chart_id))
        menu.addAction("Duplicate", lambda: self.duplicate(chart_id))
        menu.addAction("Edit Chart…", lambda: self.edit(chart_id))
        menu.addSeparator()
        if isinstance(card.view, LineChart):
            self._add_line_actions(menu, chart, card.view)
        elif chart.kind is not ChartKind.LINE:
            self._add_runs_actions(menu, chart)
        menu.addSeparator()
        menu.addAction("Export Chart…", partial(self.export, card))
        menu.addAction("Copy Picture", partial(self.copy_picture, card))
        menu.addAction("Copy Data", partial(self.copy_numbers, card))
        menu.addAction("Copy as Matplotlib Script", partial(self.copy_script, card))
        menu.addSeparator()
        menu.addAction("Remove", lambda: self.remove(chart_id))
        menu.popup(place)

    def open_groups(self) -> None:
        """Open the menu of what runs are grouped by, and how groups are drawn."""
        panel = self._panel
        menu = self._menu()
        current = panel.tools.options.group
        self._check(menu, "No Groups", not current, lambda: panel.tools.change(group=""))
        menu.addSeparator()
        for name in self._groupable(current):
            key = titles.decode(name)
            if key is not None:
                text = formats.one_line(titles.said(key)).replace("&", "&&")
                self._check(menu, text, name == current, partial(panel.tools.change, group=name))
        menu.addSeparator()
        self._add_choices(menu.addMenu("Group Line"), "centre", _CENTRES)
        self._add_choices(menu.addMenu("Group Band"), "band", _BANDS)
        self._open(menu, panel.tools.group_button)

    def open_layout(self) -> None:
        """Open the menu of how many charts stand beside each other."""
        panel, menu = self._panel, self._menu()
        for columns in COLUMNS:
            text = formats.counted(columns, "Column") if columns else "As Many as Fit"
            chosen = panel.tools.options.columns == columns
            self._check(menu, text, chosen, partial(panel.tools.change, columns=columns))
        menu.addSeparator()
        restore = menu.addAction("Restore Removed Charts", self.restore)
        restore.setEnabled(bool(panel.book.removed))
        self._open(menu, panel.tools.layout_button)

    def open_options(self) -> None:
        """Open the menu of what all charts share."""
        panel, menu = self._panel, self._menu()
        self._add_choices(menu.addMenu("Smoothing"), "smooth", _KINDS)
        menu.addSeparator()
        commands, checks = panel.tools.commands(), panel.tools.checks()
        for action, text in _FLAGS.items():
            self._check(menu, text, checks[action], commands[action])
        menu.addSeparator()
        menu.addAction("Legend Text…", self.ask_for_template)
        self._open(menu, panel.tools.options_button)

    def _ask_for_new(self, kind: ChartKind) -> None:
        if kind is ChartKind.LINE:
            self._ask(Chart(self._panel.book.free_id(), kind))
            return
        self._open_dialog(None, kind)

    def _ask(self, chart: Chart) -> None:
        panel = self._panel
        if chart.kind is not ChartKind.LINE:
            self._open_dialog(chart, chart.kind)
            return
        from runcase.ui.dialogs.line_columns import LineColumnsDialog  # few change a chart

        lines = LineColumnsDialog(panel.context.theme, chart, sorted(panel.keys), panel)
        lines.chosen.connect(panel.change)
        lines.open()

    def _open_dialog(self, chart: Chart | None, kind: ChartKind) -> None:
        """Ask for columns, once it is known in which params the runs differ."""
        panel, source = self._panel, self._panel.looks.source
        if source is not None:
            panel.session.ask(
                panel.session.read(varying, source.frame, source.rows),
                owner=panel,
                then=partial(self._opened, chart, kind, source),
                key="varying",
            )

    def _opened(
        self, chart: Chart | None, kind: ChartKind, source: RunsSource, differing: frozenset[str]
    ) -> None:
        from runcase.ui.dialogs.chart_columns import ChartDialog, ChartOffer  # few change a chart

        panel = self._panel
        kinds = [each for each in ChartKind if each is not ChartKind.LINE]
        offer = ChartOffer(source.columns, tags=source.tags, varying=differing, kinds=kinds)
        dialog = ChartDialog(panel.context.theme, offer, chart, panel)
        dialog.choose_kind(kind)
        dialog.made.connect(panel.add if chart is None else panel.change)
        dialog.open()

    def _add_line_actions(self, menu: QMenu, chart: Chart, view: LineChart) -> None:
        panel = self._panel
        menu.addAction("Reset Zoom", view.reset_zoom)
        shown = panel.tools.options.of(chart)
        for text, name, on in (
            ("Log X", "log_x", shown.log_x),
            ("Log Y", "log_y", shown.log_y),
        ):
            self._check(menu, text, on, partial(self._set_option, chart, name, not on))
        outliers = panel.tools.options.hide_outliers
        self._check(menu, "Hide Outliers", outliers, panel.tools.commands()["hide-outliers"])
        metric = chart.name(Role.Y)
        if panel.looks.source is not None and metric in panel.keys:
            menu.addAction("Show Latest Values as Bars", partial(self._as_bars, chart, metric))

    def _add_runs_actions(self, menu: QMenu, chart: Chart) -> None:
        only = bool(chart.options.get(ONLY_SHOWN))
        self._check(
            menu, "Only Shown Runs", only, partial(self._set_option, chart, ONLY_SHOWN, not only)
        )
        for text, on, changed in options_menu(chart):
            self._check(menu, text, on, partial(self._panel.change, changed))
        key = titles.decode(chart.name(Role.Y))
        if chart.kind is ChartKind.BAR and key is not None and key.kind is Kind.METRIC:
            line = Chart(chart.id, ChartKind.LINE, {Role.Y: (key.key,)}, title=chart.title)
            menu.addAction("Show as Curves", partial(self._panel.change, line))

    def _as_bars(self, chart: Chart, metric: str) -> None:
        columns = {Role.Y: (f"metric:{metric}",)}
        bars = Chart(chart.id, ChartKind.BAR, columns, {ONLY_SHOWN: True}, chart.title)
        self._panel.change(bars)

    def _set_option(self, chart: Chart, name: str, value: object) -> None:
        self._panel.change(replace(chart, options={**chart.options, name: value}))

    def _groupable(self, current: str) -> list[str]:
        """Return the columns to offer: params and tags, and what is grouped by now."""
        source = self._panel.looks.source
        found = [current] if current else []
        for name in () if source is None else source.columns:
            key = titles.decode(name)
            if key is not None and key.kind in (Kind.PARAM, Kind.TAG, Kind.DATASET):
                found.append(name)
        found += [titles.encode(titles.STATUS), titles.encode(titles.PARENT)]
        return list(dict.fromkeys(found))[:_OFFERED]

    def _add_choices(self, menu: QMenu, prefix: str, choices: Mapping[Any, str]) -> None:
        commands, checks = self._panel.tools.commands(), self._panel.tools.checks()
        for value, text in choices.items():
            action = f"{prefix}-{value.value}"
            self._check(menu, text, checks[action], commands[action])

    def _menu(self) -> QMenu:
        menu = QMenu(self._panel)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _check(self, menu: QMenu, text: str, on: bool, do: Callable[[], object]) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda _checked=False: do())

    def _open(self, menu: QMenu, under: QPushButton) -> None:
        menu.popup(under.mapToGlobal(under.rect().bottomLeft()))

    def _toggle_maximised(self) -> None:
        card = self._panel.current_card()
        chart_id = self._panel.maximised or ("" if card is None else card.spec.id)
        if chart_id:
            self._panel.maximise(chart_id)

    def _reset_zoom(self) -> None:
        for chart in self._panel.charts():
            chart.reset_zoom()

    def _toggle_zoom_box(self) -> None:
        zooms = not self._panel.zooms
        self._panel.set_zooms(zooms)

    def _toggle_pin(self) -> None:
        """Pin the values at the crosshair of the current chart, or unpin them."""
        card, charts = self._panel.current_card(), list(self._panel.line_charts())
        pinned = [each for each in charts if each.pin.is_on]
        current = card.view if card is not None and isinstance(card.view, LineChart) else charts[0]
        for chart in pinned[:1]:
            chart.pin.take_off()
        if not pinned:
            current.pin.put_at(current.crosshair.x)

    def _export(self, what: ChartView | list[ChartCard], title: str) -> None:
        # Imported here: most windows never export.
        from runcase.ui.dialogs.export_chart import ExportChartDialog

        panel = self._panel
        dialog = ExportChartDialog(
            panel.context, panel.session.path, what, panel.looks.styles, title, panel
        )
        dialog.exported.connect(lambda sentence: panel.said.emit(sentence, False))
        dialog.open()

    def _with_current(self, do: Callable[[str], object]) -> None:
        card = self._panel.current_card()
        if card is not None:
            do(card.spec.id)

    def _copied_script(self, text: str) -> None:
        if text:
            self._copied("The script is on the clipboard; it needs matplotlib.", text)
        else:
            self._panel.said.emit("There is nothing in this chart that a script could draw.", True)

    def _copied(self, sentence: str, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._panel.said.emit(sentence, False)
