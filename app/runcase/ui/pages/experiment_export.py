"""What leaves an experiment's page or is kept of it: exports, queries, notes, marks and views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QFileDialog

from runcase.itemmodels import formats
from runcase.itemmodels.arrangement import stored_order
from runcase.itemmodels.runs_reader import mark_text
from runcase.progress import Progress
from runcase.store.frame_sort import order_by_columns
from runcase.store.records import ColumnKey, Kind
from runcase.store.snippet import snippet, tracking_uri_of
from runcase.ui.dialogs.export import ExportDialog, ExportOffer
from runcase.ui.dialogs.note import NotePopover
from runcase.ui.dialogs.views import ViewsDialog
from runcase.ui.dialogs.views_save import SaveView

if TYPE_CHECKING:
    from runcase.local.records import View
    from runcase.ui.pages.experiment import ExperimentPage

_MARKS_FILES = "Marks and views (*.json)"


def open_export(page: ExperimentPage) -> None:
    """Ask what of the table goes to which file."""
    arrangement = page.runs.arrangement
    if arrangement is None:
        return
    is_run = arrangement.rows >= 0
    shown = arrangement.rows[is_run]
    nested = bool((arrangement.depth > 0).any()) and arrangement.grouping is None
    offer = ExportOffer(
        arrangement.frame,
        shown,
        page.view.selected_rows(),
        page.runs.columns,
        page.loader.keys,
        page.title() or "runs",
        arrangement.depth[is_run].astype("int64") if nested else None,
        marks_of(page),
    )
    dialog = ExportDialog(page.theme, page.context.settings, page.session, offer, page)
    dialog.exported.connect(lambda sentence: page.said.emit(sentence, False))
    dialog.open()


def marks_of(page: ExperimentPage) -> dict[ColumnKey, dict[str, str]]:
    """Return the texts of the shown columns of marks, by run id."""
    shown = [key for key in page.runs.columns if key.kind is Kind.MARK]
    marks = page.local.all()
    return {
        key: {run: text for run, mark in marks.items() if (text := mark_text(mark, key.key))}
        for key in shown
    }


def query_work(page: ExperimentPage) -> Callable[[Progress], str] | None:
    """Return what writes Python that finds the shown runs with MLflow's client, in their order.

    It sorts all runs, so it is done beside the window. None where no runs are shown.
    """
    arrangement = page.runs.arrangement
    if arrangement is None:
        return None
    frame, mask = arrangement.frame, arrangement.mask
    path, sort = page.session.path, stored_order(arrangement.wish.sort)
    text = page.loader.filter.text if page.loader.filter is not None else ""

    def work(_progress: Progress) -> str:
        # Runs below folded parents and in closed groups are found by the query, too.
        rows = np.arange(len(frame)) if mask is None else np.flatnonzero(mask)
        ordered = order_by_columns(frame, sort, rows)
        return snippet(tracking_uri_of(path), frame, ordered, text, sort)

    return work


def edit_note(page: ExperimentPage) -> None:
    """Edit what is noted of the current run on this machine."""
    run_id = page.view.current_id()
    row = page.runs.row_of(run_id) if run_id else None
    if row is None:
        return
    popover = NotePopover(page.theme, page.runs.name(row), page.local.of(run_id).note, page)
    popover.saved.connect(lambda text: page.local.set([run_id], note=text))
    box = page.view.visualRect(page.runs.index(row, 0))
    popover.open_at(page.view.viewport().mapToGlobal(box.bottomLeft()))


def export_marks(page: ExperimentPage) -> None:
    """Ask for a file and write marks, views and filters into it."""
    start = str(Path.home() / f"{page.session.path.stem}-marks.json")
    path, _ = QFileDialog.getSaveFileName(page, "Export Marks and Views", start, _MARKS_FILES)
    if path:
        # The system's dialog asked whether a file that is there may be replaced.
        page.local.export_marks(Path(path), overwrite=True)


def import_marks(page: ExperimentPage) -> None:
    """Ask for a file of marks and merge it."""
    home = str(Path.home())
    path, _ = QFileDialog.getOpenFileName(page, "Import Marks and Views", home, _MARKS_FILES)
    if path:
        page.local.import_marks(Path(path))


def save_view(page: ExperimentPage) -> None:
    """Keep how the experiment is looked at under a name."""
    place = page.location.id
    names = [view.name for view in page.local.named(place)]
    dialog = SaveView(page.theme, names, "", page)

    def chosen(name: str, default: bool) -> None:
        page.local.save_named(place, page.shown_view(name))
        if default:
            page.local.set_default(place, name)
        page.said.emit(f"The view “{formats.one_line(name)}” was saved.", False)

    dialog.chosen.connect(chosen)
    dialog.open()


def manage_views(page: ExperimentPage) -> None:
    """Show the named views of the experiment: apply, rename, delete, copy to others."""
    place, local = page.location.id, page.local
    others = [(each, name) for each, name in page.names.items() if each != place]
    dialog = ViewsDialog(page.theme, local.named(place), _default(page), others, page)

    def again(_changed: str = "") -> None:
        dialog.show_views(local.named(place), _default(page))

    def apply(name: str) -> None:
        wanted = next((view for view in local.named(place) if view.name == name), None)
        if wanted is not None:
            page.show_view(wanted)

    def restore(view: View) -> None:
        local.save_named(place, replace(view))

    dialog.applied.connect(apply)
    dialog.renamed.connect(lambda old, new: local.rename(place, old, new))
    dialog.deleted.connect(lambda name: local.delete(place, name))
    dialog.restored.connect(restore)
    dialog.default_chosen.connect(lambda name: local.set_default(place, name or None))
    dialog.copied.connect(lambda name, ids: local.copy_to(place, ids, name))
    local.views_changed.connect(again)
    dialog.finished.connect(lambda _result: local.views_changed.disconnect(again))
    dialog.open()


def _default(page: ExperimentPage) -> str:
    view = page.local.default_of(page.location.id)
    return "" if view is None else view.name
