"""The runs table as a pane: rows, columns, groups and marks, and what their menus do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QInputDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.column_stats import better
from runcase.itemmodels.directions import Direction
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.runs_loader import RunsLoader
from runcase.itemmodels.selection import RunColors
from runcase.itemmodels.sparklines import Sparklines
from runcase.itemmodels.wish import GroupPath
from runcase.session.local import LocalMarks
from runcase.session.session import Session
from runcase.store.columns import MetricColumn
from runcase.store.records import ColumnKey, Kind
from runcase.ui.actions import RUN_COLORS
from runcase.ui.theme import Theme
from runcase.ui.widgets.runs_gutter import Part
from runcase.ui.widgets.runs_view import RunsView
from runcase.ui.widgets.state_page import LoadingPage, StatePage

if TYPE_CHECKING:
    from runcase.ui.widgets.runs_menus import ColumnCommands, ColumnState

# Sparklines of rows that are scrolled past are not read.
_SETTLE_MS = 60
# A number without categories of its own is grouped by so many ranges.
BINS = 10


class RunsTable(QWidget):
    """The table of an experiment's page.

    `opened` carries (run id, in a new window), `filter_wanted` (a column, whether to open its
    values rather than to write its name into the field), `plot_wanted` a metric's key. `changed`
    says that columns, marks or grouping changed by a person's hand.
    """

    opened = Signal(str, bool)
    changed = Signal()
    filter_wanted = Signal(object, bool)
    plot_wanted = Signal(str)

    def __init__(
        self, theme: Theme, session: Session, local: LocalMarks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("surface")
        self._theme = theme
        self.local = local
        self.colors = RunColors(self)
        self.runs = RunsModel(self.colors, self)
        self.loader = RunsLoader(session, self.runs, self)
        self.sparklines = Sparklines(session, self)
        self.view = RunsView(theme, self.runs)
        self.view.store = str(session.path)
        self.view.delegate.sparklines = self.sparklines
        self.pinned: tuple[ColumnKey, ...] = ()
        self.state = StatePage(theme)
        self.loading = LoadingPage(theme)
        self.stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        for each in (self.view, self.state, self.loading):
            self.stack.addWidget(each)
        self.setFocusProxy(self.view)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._want_sparklines)
        self._connect()

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the actions on rows and columns do here."""
        loader = self.loader
        found: dict[str, Callable[[], object]] = {
            "nested": lambda: self._ask(nested=not loader.wish.nested),
            "show-hidden": self._toggle_hidden,
            "expand-all": lambda: self._expand(True),
            "collapse-all": lambda: self._expand(False),
            "select-all": self.view.selectAll,
            "invert-selection": self._invert,
            "bars": self._toggle_bars,
            "column-menu": self._open_current_menu,
            "ungroup": lambda: self.group_by(()),
        }
        if self.view.current_id() or self.view.selected_count():
            found |= {
                "toggle-shown": lambda: self.colors.toggle(self.chosen_ids(100)),
                "only-shown": self._keep_only,
                "pin": lambda: self._toggle_mark("pin"),
                "star": lambda: self._toggle_mark("star"),
                "hide-run": lambda: self._toggle_mark("hidden"),
                "select-subtree": self._select_subtree,
                "color": self._open_colors,
                **{f"color-{at}": self._color_setter(at) for at in range(len(RUN_COLORS))},
            }
        return found

    def checks(self) -> dict[str, bool]:
        """Return which of the checkable actions are on."""
        mark = self.local.of(next(iter(self.chosen_ids(1)), ""))
        return {
            "nested": self.loader.wish.nested,
            "show-hidden": self.loader.show_hidden,
            "bars": self.view.delegate.bars,
            "pin": mark.pin,
            "star": mark.star,
            "hide-run": mark.hidden,
        }

    def chosen_ids(self, limit: int | None = None) -> list[str]:
        """Return the selected runs, else the current one."""
        found = self.view.selected_ids(limit)
        current = self.view.current_id()
        return found or ([current] if current else [])

    def set_columns(self, columns: Sequence[ColumnKey]) -> None:
        """Show other columns; pinned ones come first."""
        self.pinned = tuple(key for key in self.pinned if key in columns)
        rest = [key for key in columns if key not in self.pinned and key != titles.NAME]
        self.loader.set_columns([*self.pinned, *rest])
        self.view.set_pinned(len(self.pinned))
        self.changed.emit()

    def group_by(self, columns: Sequence[ColumnKey]) -> None:
        """Group runs by columns, the outermost first; by none of them for a list."""
        from runcase.store.frame_groups import GroupBy  # few tables are grouped

        # An age has no values of its own that would stay: it is grouped by the start.
        keys = dict.fromkeys(titles.STARTED if key == titles.AGE else key for key in columns)
        groups = tuple(GroupBy(key, BINS if self._is_binned(key) else 0) for key in keys)
        self._ask(groups=groups, open_groups=frozenset())

    def open_menu(self, key: ColumnKey, place: QPoint) -> None:
        """Open the menu of a column."""
        # Imported here: not needed before the first menu opens.
        from runcase.ui.widgets.runs_menus import column_menu

        menu = column_menu(self._column_state(key), self._column_commands(key), self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def sort_by(self, key: ColumnKey, added: bool) -> None:
        """Sort by a column: up, then down, then not any more; times begin with the latest."""
        first = key in (titles.STARTED, titles.ENDED, titles.DURATION, titles.STAR)
        sort = self.loader.wish.sort
        known = next((clause for clause in sort if clause[0] == key), None)
        others = tuple(clause for clause in sort if clause[0] != key) if added else ()
        if known is None:
            self._ask(sort=(*others, (key, first)))
        elif known[1] == first:
            turned = (key, not first)
            kept = tuple(turned if clause[0] == key else clause for clause in sort)
            self._ask(sort=kept if added else (turned,))
        else:
            self._ask(sort=others)

    def set_marks(self) -> None:
        """Take over what the person noted."""
        self.loader.set_marks(self.local.all())

    def stop(self) -> None:
        """Stop reading."""
        self.loader.stop()

    def show_state(
        self, icon: str, title: str, text: str, *actions: tuple[str, Callable[[], object]]
    ) -> None:
        """Show a page of words in place of rows."""
        self.state.show_state(icon, title, text, *actions)
        self.stack.setCurrentWidget(self.state)

    def show_error(self, error: RuncaseError, retry: Callable[[], object]) -> None:
        """Show that the runs could not be read."""
        self.loading.finish()
        self.state.show_error("The runs could not be read", error, ("Try Again", retry))
        self.stack.setCurrentWidget(self.state)

    def _connect(self) -> None:
        view = self.view
        for header in (view.header, view.frozen_header):
            header.sort_wanted.connect(self.sort_by)
            header.menu_wanted.connect(self.open_menu)
        view.opened.connect(self.opened)
        view.expansion_wanted.connect(self._expand_row)
        view.columns_moved.connect(self._columns_moved)
        view.delegate.part_pressed.connect(self._part_pressed)
        view.verticalScrollBar().valueChanged.connect(self._settle.start)
        self.loader.loaded.connect(self._settle.start)
        self.loader.loaded.connect(view.fit)
        self.sparklines.arrived.connect(self._repaint_sparklines)
        self.local.changed.connect(self.set_marks)

    def _ask(self, **changes: object) -> None:
        self.loader.ask(**changes)
        self.changed.emit()

    def _is_binned(self, key: ColumnKey) -> bool:
        frame = self.runs.frame
        known = frame.columns.get(key) if frame is not None else None
        numeric = (*titles.TIMES, *titles.NUMBERS)
        return key.kind is Kind.METRIC or key in numeric or isinstance(known, MetricColumn)

    def _column_state(self, key: ColumnKey) -> ColumnState:
        from runcase.ui.widgets.runs_menus import ColumnState  # by now it is in memory

        wish = self.loader.wish
        same = (each for each in self.runs.columns if (each.kind, each.key) == (key.kind, key.key))
        return ColumnState(
            key,
            tuple(descending for each, descending in wish.sort if each == key),
            key in self.pinned,
            any(level.column == key for level in wish.groups),
            better(ColumnKey(key.kind, key.key), wish),
            wish.decimals.get(key),
            self.view.delegate.bars,
            frozenset(each.how for each in same),
        )

    def _column_commands(self, key: ColumnKey) -> ColumnCommands:
        from runcase.ui.widgets.runs_menus import ColumnCommands  # by now it is in memory

        return ColumnCommands(
            sort=lambda descending, added: self._set_sort(key, descending, added),
            unsort=lambda: self._ask(sort=tuple(s for s in self.loader.wish.sort if s[0] != key)),
            filter=lambda: self.filter_wanted.emit(key, True),
            use_in_filter=lambda: self.filter_wanted.emit(key, False),
            group=lambda: self._toggle_group(key),
            direction=lambda way: self._set_direction(key, way),
            decimals=lambda count: self._set_decimals(key, count),
            bars=self._toggle_bars,
            how=lambda how: self._toggle_column(ColumnKey(key.kind, key.key, how), key),
            at_step=lambda: self._ask_step(key),
            pin=lambda: self._toggle_pinned(key),
            hide=lambda: self.set_columns([each for each in self.runs.columns if each != key]),
            plot=lambda: self.plot_wanted.emit(key.key),
        )

    def _set_sort(self, key: ColumnKey, descending: bool, added: bool) -> None:
        others = tuple(clause for clause in self.loader.wish.sort if clause[0] != key)
        self._ask(sort=(*(others if added else ()), (key, descending)))

    def _toggle_group(self, key: ColumnKey) -> None:
        grouped = [level.column for level in self.loader.wish.groups]
        others = [each for each in grouped if each != key]
        self.group_by(others if key in grouped else [*grouped, key])

    def _set_direction(self, key: ColumnKey, way: Direction) -> None:
        self._ask(directions={**self.loader.wish.directions, key.key: way})

    def _set_decimals(self, key: ColumnKey, count: int | None) -> None:
        kept = {each: n for each, n in self.loader.wish.decimals.items() if each != key}
        self._ask(decimals=kept if count is None else {**kept, key: count})

    def _toggle_column(self, wanted: ColumnKey, beside: ColumnKey) -> None:
        columns = list(self.runs.columns)
        if wanted in columns:
            columns.remove(wanted)
        else:
            columns.insert(columns.index(beside) + 1 if beside in columns else 1, wanted)
        self.set_columns(columns)

    def _ask_step(self, key: ColumnKey) -> None:
        step, chosen = QInputDialog.getInt(
            self, "At Step", f"Show {formats.one_line(key.key)} at step:", 0, -(2**31), 2**31 - 1
        )
        if chosen:
            self._toggle_column(ColumnKey(key.kind, key.key, titles.at_step(step)), key)

    def _toggle_pinned(self, key: ColumnKey) -> None:
        if key in self.pinned:
            self.pinned = tuple(each for each in self.pinned if each != key)
        else:
            self.pinned = (*self.pinned, key)
        self.set_columns(self.runs.columns)

    def _columns_moved(self, columns: list[ColumnKey]) -> None:
        # What was dragged among the pinned columns is pinned, and what was dragged out is not.
        count = len(self.pinned)
        first, more = columns[1 : count + 1], columns[1 : count + 2]
        if set(self.pinned) == set(first):
            self.pinned = tuple(first)
        elif set(self.pinned) < set(more):
            self.pinned = tuple(more)
        else:
            self.pinned = tuple(key for key in self.pinned if key in first)
        self.set_columns(columns)

    def _toggle_bars(self) -> None:
        self.view.delegate.bars = not self.view.delegate.bars
        self.view.viewport().update()
        self.changed.emit()

    def _toggle_hidden(self) -> None:
        self.loader.show_hidden = not self.loader.show_hidden
        self.set_marks()
        self.changed.emit()

    def _open_current_menu(self) -> None:
        section = self.view.currentIndex().column()
        pinned = section <= len(self.pinned)
        header = self.view.frozen_header if pinned else self.view.header
        header.open_menu(max(0, section))

    def _expand(self, expanded: bool) -> None:
        frame, wish = self.runs.frame, self.loader.wish
        if frame is None:
            return
        if wish.groups:
            self._ask(open_groups=None if expanded else frozenset())
        elif not expanded:
            parents = np.unique(frame.parent[frame.parent >= 0])
            self._ask(expanded=frozenset(), folded=frozenset(frame.ids.take(parents)))
        else:
            # Named one by one, so that folding one of them again is possible.
            parents = np.unique(frame.parent[frame.parent >= 0])
            self._ask(expanded=frozenset(frame.ids.take(parents)), folded=frozenset())

    def _expand_row(self, row: int, expanded: bool) -> None:
        wish = self.loader.wish
        if self.runs.is_group(row):
            path = {self.runs.group_path(row)}
            groups = wish.open_groups if wish.open_groups is not None else self._all_paths()
            self.loader.ask(open_groups=groups | path if expanded else groups - path)
        elif wish.expanded is not None:
            run = {self.runs.run_id(row)}
            opened = wish.expanded | run if expanded else wish.expanded - run
            folded = wish.folded - run if expanded else wish.folded | run
            self.loader.ask(expanded=opened, folded=folded)

    def _all_paths(self) -> frozenset[GroupPath]:
        grouping = self.runs.arrangement.grouping if self.runs.arrangement is not None else None
        if grouping is None:
            return frozenset()
        return frozenset(grouping.path(at) for at in range(len(grouping.groups.counts)))

    def _invert(self) -> None:
        count = self.runs.rowCount()
        wanted = np.ones(count, np.bool_)
        for first, last in self.view.selected_row_ranges():
            wanted[first : last + 1] = False
        self.view.select_mask(wanted)

    def _select_subtree(self) -> None:
        """Select the current run with all that is below it on the screen."""
        row = self.view.currentIndex().row()
        if row < 0:
            return
        depth, last = self.runs.depth(row), row
        while last + 1 < self.runs.rowCount() and self.runs.depth(last + 1) > depth:
            last += 1
        self.view.select_ranges([(row, last)])

    def _keep_only(self) -> None:
        chosen = self.chosen_ids(100)
        self.colors.hide([run for run in self.colors.shown() if run not in chosen])
        self.colors.show(chosen)

    def _toggle_mark(self, name: str) -> None:
        runs = self.chosen_ids()
        if name == "hidden":
            runs = self._with_descendants(runs)  # else a parent would stay for its children's sake
        on = all(getattr(self.local.of(run), name) for run in runs)
        self.local.set(runs, **{name: not on})  # type: ignore[arg-type]

    def _with_descendants(self, run_ids: list[str]) -> list[str]:
        frame = self.runs.frame
        if frame is None:
            return run_ids
        found = frame.ids.rows_of(run_ids)
        chosen = np.zeros(len(frame), np.bool_)
        chosen[found[found >= 0]] = True
        while True:
            below = chosen | ((frame.parent >= 0) & chosen[frame.parent])
            if np.array_equal(below, chosen):
                return frame.ids.take(np.flatnonzero(chosen))
            chosen = below

    def _part_pressed(self, row: int, part: Part) -> None:
        if self.runs.is_group(row):
            frame = self.runs.frame
            if frame is not None and part is Part.EYE:
                self.colors.toggle(frame.ids.take(self.runs.group_rows(row)[:100]))
            return
        run_id = self.runs.run_id(row)
        if part is Part.EYE:
            self.colors.toggle([run_id])
        elif part is Part.PIN:
            self.local.set([run_id], pin=not self.local.of(run_id).pin)
        else:
            self._color_menu([run_id], QCursor.pos())

    def _open_colors(self) -> None:
        index = self.view.currentIndex()
        place = self.view.viewport().mapToGlobal(self.view.visualRect(index).bottomLeft())
        self._color_menu(self.chosen_ids(100), place)

    def _color_setter(self, index: int) -> Callable[[], object]:
        return lambda: self.colors.set_index(self.chosen_ids(100), index)

    def _color_menu(self, run_ids: list[str], place: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for at, name in enumerate(RUN_COLORS):
            action = menu.addAction(self._theme.run_icon(at), name)
            action.triggered.connect(
                lambda _checked=False, at=at: self.colors.set_index(run_ids, at)
            )
        menu.addSeparator()
        hide = menu.addAction("Not in Charts")
        hide.triggered.connect(lambda _checked=False: self.colors.hide(run_ids))
        menu.popup(place)

    def _want_sparklines(self) -> None:
        keys = [key.key for key in self.runs.columns if key.how == titles.CURVE]
        if keys and self.runs.rowCount():
            rows = range(*self.view.visible_rows())
            ids = [self.runs.run_id(row) for row in rows]
            self.sparklines.want([(run_id, key) for run_id in ids if run_id for key in keys])

    def _repaint_sparklines(self) -> None:
        self.view.repaint_all()
