"""What the actions do on an experiment's page: copying, groups, columns, views, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.wish import Spread, Summary
from runcase.local.records import View
from runcase.progress import Progress
from runcase.store.columns import TextColumn
from runcase.store.records import ColumnKey, Kind
from runcase.ui.location import Location, Place

if TYPE_CHECKING:
    from runcase.store.frame_variation import Variation
    from runcase.ui.pages.experiment import ExperimentPage

_SUGGESTED = 12
_MOST_VALUES = 200  # a param with more values makes no useful groups
_GROUPABLE = (
    ColumnKey(Kind.ATTRIBUTE, "status"),
    ColumnKey(Kind.ATTRIBUTE, "user_id"),
    titles.PARENT,
    ColumnKey(Kind.DATASET, "name"),
    ColumnKey(Kind.TAG, "mlflow.source.name"),
)
# So many rows are copied as text at once; more of them are exported.
_COPIED = 100_000
# So many runs can be compared.
_LEAST_COMPARED, _MOST_COMPARED = 2, 200


class ExperimentCommands:
    """The page's commands and menus; the table's own are in `RunsTable`."""

    def __init__(self, page: ExperimentPage) -> None:
        self._page = page
        self._cell: tuple[int, ColumnKey] | None = None
        head = page.head
        head.columns.clicked.connect(self.choose_columns)
        head.group.clicked.connect(self.open_groups)
        head.views.clicked.connect(self._open_views)
        head.export.clicked.connect(self.export)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what each action does here."""
        page = self._page
        found = page.table.commands()
        found |= {
            "columns": self.choose_columns,
            "columns-varying": lambda: self._look_at_columns(self._show_varying),
            "hide-constant": lambda: self._look_at_columns(self._hide_constant),
            "hide-empty": lambda: self._look_at_columns(self._hide_empty),
            "group-by": self.choose_groups,
            "show-deleted": page.toggle_deleted,
            "save-view": self.save_view,
            "views": self.manage_views,
            "reset-view": lambda: page.show_view(View()),
            "export-table": self.export,
            "export-marks": self.export_marks,
            "import-marks": self.import_marks,
            "copy-query": self.copy_query,
            **{f"mode-{mode}": self._mode_setter(mode) for mode in ("table", "split", "charts")},
            **{f"summary-{each.name.lower()}": self._summary_setter(each) for each in Summary},
            **{f"spread-{each.value}": self._spread_setter(each) for each in Spread},
        }
        if self._can_compare():
            found["compare"] = self.compare
        if page.colors.shown() or page.view.selected_count():
            found["find-in-files"] = self.search_files
        if page.view.current_id():
            found["edit-local-note"] = self.edit_note
        if page.view.current_id() or page.view.selected_count():
            found |= {
                "open-run": lambda: self._open(False),
                "open-run-window": lambda: self._open(True),
                "copy": lambda: self._copy_as("tsv"),
                "copy-markdown": lambda: self._copy_as("markdown"),
                "copy-latex": lambda: self._copy_as("latex"),
                "copy-json": lambda: self._copy_as("json"),
                "copy-dict": lambda: self._copy_as("python"),
                "copy-run-id": lambda: _copy("\n".join(page.table.chosen_ids())),
            }
        return found

    def context_ids(self) -> tuple[str, ...]:
        """Return the actions of the context menu, "" for a separator."""
        marks = ("toggle-shown", "only-shown", "pin", "star", "hide-run", "edit-local-note")
        copies = ("copy", "copy-run-id", "copy-markdown", "copy-query")
        return (
            "open-run", "open-run-window", "compare", "select-subtree", "", *marks, "", *copies, "",
            "columns", "group-by", "export-table",
        )  # fmt: skip

    def extend_menu(self, menu: QMenu) -> None:
        """Put what concerns the cell under the mouse before the actions."""
        page = self._page
        place = page.view.viewport().mapFromGlobal(menu.pos())
        row, key = page.view.rowAt(place.y()), page.view.column_at(place)
        if row < 0 or key is None or page.runs.is_group(row):
            return
        first = menu.actions()[0] if menu.actions() else None
        text = page.runs.full_text(row, key)
        if text:
            copy = menu.addAction(f"Copy {formats.one_line(text)[:40]}".replace("&", "&&"))
            copy.triggered.connect(lambda _checked=False: _copy(text))
            menu.insertAction(first, copy)  # type: ignore[arg-type]
        clauses = page.filter.clauses(row, key)
        if clauses:
            from runcase.ui.widgets.runs_menus import value_menu  # with the first such menu

            by_this = value_menu("Filter by This", clauses, page.filter.add, menu)
            menu.insertMenu(first, by_this)  # type: ignore[arg-type]
        if first is not None:
            menu.insertSeparator(first)

    def _can_compare(self) -> bool:
        """Say whether so many rows are selected as can be compared; a group stands for its runs."""
        view, arrangement = self._page.view, self._page.runs.arrangement
        grouped = arrangement is not None and arrangement.grouping is not None
        return (1 if grouped else _LEAST_COMPARED) <= view.selected_count() <= _MOST_COMPARED

    def search_files(self) -> None:
        """Search inside the text files of the runs that are shown in charts, or of those chosen."""
        page = self._page
        ids = list(page.colors.shown()) or page.table.chosen_ids()
        page.went.emit(Location(Place.SEARCH, ",".join(ids)), False)

    def compare(self) -> None:
        """Show the selected runs beside each other, of selected groups all their runs."""
        page = self._page
        run_ids = page.view.selected_ids(_MOST_COMPARED + 1)
        if _LEAST_COMPARED <= len(run_ids) <= _MOST_COMPARED:
            page.went.emit(Location(Place.COMPARE, ",".join(run_ids)), False)
        else:
            few = len(run_ids) < _LEAST_COMPARED
            said = "one is" if few else "more are"
            page.said.emit(f"2 to 200 runs can be compared, and {said} selected.", True)

    def choose_columns(self) -> None:
        """Let the person choose which columns are shown."""
        # Imported here: most windows never choose columns.
        from runcase.ui.dialogs.columns import ColumnsDialog

        page = self._page
        dialog = ColumnsDialog(page.theme, page.loader.keys, page.runs.columns, page)
        dialog.chosen.connect(page.table.set_columns)
        dialog.variation_wanted.connect(
            lambda: self._look_at_columns(lambda found: dialog.show_variation(found))
        )
        dialog.open()

    def choose_groups(self) -> None:
        """Let the person choose what runs are grouped by, in order."""
        # Imported here: most windows never choose groups by name.
        from runcase.ui.dialogs.columns import ColumnsDialog

        page = self._page
        grouped = [level.column for level in page.loader.wish.groups]
        dialog = ColumnsDialog(
            page.theme, page.loader.keys, grouped, page, title="Group By", accept="Group"
        )
        dialog.chosen.connect(page.table.group_by)
        dialog.open()

    def open_groups(self) -> None:
        """Open the menu of what runs can be grouped by."""
        page, wish = self._page, self._page.loader.wish
        menu = QMenu(page)
        menu.aboutToHide.connect(menu.deleteLater)
        _tick(menu, "Nested Runs", wish.nested and not wish.groups, self._nest)
        _tick(menu, "Flat List", not wish.nested and not wish.groups, self._flatten)
        menu.addSeparator()
        grouped = [level.column for level in wish.groups]
        for key in dict.fromkeys([*grouped, *self._groupable()]):
            name = formats.one_line(titles.said(key)).replace("&", "&&")
            _tick(menu, f"By {name}", key in grouped, partial(self._toggle_group, key))
        menu.addSeparator()
        menu.addAction("Group By…").triggered.connect(lambda _checked=False: self.choose_groups())
        self._drop_down(menu, page.head.group)

    def export(self) -> None:
        """Export the table to a file."""
        # Imported here: most windows never export.
        from runcase.ui.pages.experiment_export import open_export

        open_export(self._page)

    def export_marks(self) -> None:
        """Write marks, views and filters of this store to a file."""
        from runcase.ui.pages.experiment_export import export_marks

        export_marks(self._page)

    def import_marks(self) -> None:
        """Merge a file of marks into what is noted of this store."""
        from runcase.ui.pages.experiment_export import import_marks

        import_marks(self._page)

    def copy_query(self) -> None:
        """Copy Python that finds the same runs in the same order with MLflow's client."""
        from runcase.ui.pages.experiment_export import query_work

        work = query_work(self._page)
        if work is not None:
            self._copy_slowly(work)

    def edit_note(self) -> None:
        """Edit what is noted of the current run on this machine."""
        # Imported here: most windows never edit a note.
        from runcase.ui.pages.experiment_export import edit_note

        edit_note(self._page)

    def save_view(self) -> None:
        """Keep how the experiment is looked at under a name."""
        from runcase.ui.pages.experiment_export import save_view

        save_view(self._page)

    def manage_views(self) -> None:
        """Show the named views: apply, rename, delete, copy."""
        from runcase.ui.pages.experiment_export import manage_views

        manage_views(self._page)

    def _open_views(self) -> None:
        page = self._page
        menu = QMenu(page)
        menu.aboutToHide.connect(menu.deleteLater)
        for view in page.local.named(page.location.id):
            name = formats.one_line(view.name).replace("&", "&&")
            menu.addAction(name).triggered.connect(
                lambda _checked=False, view=view: page.show_view(view)
            )
        if menu.actions():
            menu.addSeparator()
        for text, do in (
            ("Save View As…", self.save_view),
            ("Manage Views…", self.manage_views),
            ("Reset View", lambda: page.show_view(View())),
        ):
            menu.addAction(text).triggered.connect(lambda _checked=False, do=do: do())
        self._drop_down(menu, page.head.views)

    def _drop_down(self, menu: QMenu, under: QPushButton) -> None:
        menu.popup(under.mapToGlobal(QPoint(0, under.height() + 2)))

    def _groupable(self) -> list[ColumnKey]:
        """Return shown params and tags with few values, then what every store can be grouped by."""
        frame = self._page.runs.frame
        found = []
        for key in self._page.runs.columns:
            column = frame.columns.get(key) if frame is not None else None
            if not isinstance(column, TextColumn) or key.kind not in (Kind.PARAM, Kind.TAG):
                continue
            if 1 < len(column.categories) <= _MOST_VALUES:
                found.append(key)
        return [*found[:_SUGGESTED], *_GROUPABLE]

    def _toggle_group(self, key: ColumnKey) -> None:
        table = self._page.table
        grouped = [level.column for level in self._page.loader.wish.groups]
        others = [each for each in grouped if each != key]
        table.group_by(others if key in grouped else [*grouped, key])

    def _nest(self) -> None:
        self._page.loader.ask(groups=(), nested=True)

    def _flatten(self) -> None:
        self._page.loader.ask(groups=(), nested=False)

    def _mode_setter(self, mode: str) -> Callable[[], object]:
        return lambda: self._page.set_mode(mode)

    def _summary_setter(self, summary: Summary) -> Callable[[], object]:
        return lambda: self._page.loader.ask(summary=summary)

    def _spread_setter(self, spread: Spread) -> Callable[[], object]:
        return lambda: self._page.loader.ask(spread=spread)

    def _open(self, window: bool) -> None:
        page = self._page
        run_id = page.view.current_id() or next(iter(page.table.chosen_ids(1)), "")
        if run_id:
            page.table.opened.emit(run_id, window)

    def _copy_as(self, form: str) -> None:
        """Copy the selected rows in full precision."""
        # Imported here: most windows never copy rows.
        from runcase.store.export_text import text_of
        from runcase.ui.pages.experiment_export import marks_of

        page = self._page
        frame = page.runs.frame
        rows = page.view.selected_rows(_COPIED)
        if frame is not None and not len(rows):
            rows = frame.ids.rows_of(page.table.chosen_ids(1))
        if frame is None:
            return
        columns = [key for key in page.runs.columns if key.how != titles.CURVE]
        marks = marks_of(page)
        self._copy_slowly(
            lambda progress: text_of(frame, rows, columns, form, marks=marks, progress=progress)
        )

    def _copy_slowly(self, work: Callable[[Progress], str]) -> None:
        """Copy a text that can take a second to make; what is copied next replaces it."""
        page = self._page
        page.session.ask(
            work,
            owner=page,
            then=_copy,
            failed=lambda error: page.said.emit(str(error), True),
            key="copy",
        )

    def _look_at_columns(self, then: Callable[[dict[ColumnKey, Variation]], object]) -> None:
        """Find out which keys vary among the runs here, then do something with that."""
        page = self._page
        frame = page.runs.frame
        if frame is None:
            return

        def work(progress: Progress) -> dict[ColumnKey, Variation]:
            from runcase.store.frame_variation import variations  # most windows never ask

            with page.session.store.read(progress) as connection:
                return variations(connection, frame)

        page.ask_slowly(work, then, "variation")

    def _show_varying(self, found: dict[ColumnKey, Variation]) -> None:
        kept = [key for key in self._page.runs.columns if key not in found and not _is_key(key)]
        varying = [key for key, each in found.items() if each.differs and key.kind is not Kind.TAG]
        self._page.table.set_columns([*kept, *varying])

    def _hide_constant(self, found: dict[ColumnKey, Variation]) -> None:
        self._keep(lambda key: key not in found or found[key].differs)

    def _hide_empty(self, found: dict[ColumnKey, Variation]) -> None:
        self._keep(lambda key: not _is_key(key) or _latest(key) in found)

    def _keep(self, wanted: Callable[[ColumnKey], bool]) -> None:
        columns: Sequence[ColumnKey] = self._page.runs.columns
        self._page.table.set_columns([key for key in columns if wanted(key)])


def _is_key(key: ColumnKey) -> bool:
    return key.kind in (Kind.METRIC, Kind.PARAM, Kind.TAG)


def _latest(key: ColumnKey) -> ColumnKey:
    return ColumnKey(key.kind, key.key)


def _tick(menu: QMenu, text: str, ticked: bool, do: Callable[[], object]) -> None:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(ticked)
    action.triggered.connect(lambda _checked=False: do())


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
