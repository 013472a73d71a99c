"""The commands of the Artifacts tab: quick look, save, open, copy, pin, the context menu."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex

from runcase.itemmodels import artifacts as rows
from runcase.store.run_refs import RunRef, joined
from runcase.ui.location import Location, Place
from runcase.ui.pages.file_commands import FileCommands
from runcase.ui.pages.run_artifacts import RunArtifacts, split_path
from runcase.ui.widgets.load_code import artifact_code, artifact_uri

if TYPE_CHECKING:
    from runcase.session.session import Session
    from runcase.store.artifact_places import FileOfRun
    from runcase.ui.dialogs.quick_look import QuickLook
    from runcase.ui.pages.base import Page


class ArtifactCommands:
    """Does what the actions say of the files that are chosen in the tree."""

    def __init__(self, page: Page, session: Session, artifacts: RunArtifacts) -> None:
        self._page, self._session, self._artifacts = page, session, artifacts
        self.files = FileCommands(page)
        self._look: QuickLook | None = None
        self._waits = False  # for the runs that have a file which is to be compared
        artifacts.asked.connect(self._asked)
        artifacts.details.chosen.connect(self._go_to)
        artifacts.details.compare.connect(self._compare)
        artifacts.details.known.connect(self._known)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what works on the files at hand, by the action's id."""
        shown = self._artifacts
        found: dict[str, Callable[[], object]] = {}
        if shown.path_on_disk() is not None:
            found["copy-path"] = self._copy_path
        if shown.detail is not None and shown.found is not None:
            found["find-in-files"] = self._search
        if shown.can_fix_root():
            found["fix-root"] = shown.fix_root
        if shown.model.rowCount():
            found["contact-sheet"] = shown.show_sheet
            found["expand-all"] = shown.list.expand_all
            found["collapse-all"] = shown.list.collapse_all
        if shown.panes.is_pinned:
            found["pin-preview"] = self._pin
        index = shown.tree.currentIndex()
        if not index.isValid():
            return found
        found["copy-uri"] = lambda: self.files.copy_text(self._uri())
        found["copy-load-code"] = self._copy_code
        if shown.model.path_of(index) is not None:
            found["open-with"] = lambda: self.files.open_with(shown.path_on_disk())
            found["save-as"] = self._save
            if self._is_previewed(index):
                found["quick-look"] = self.quick_look
                found["pin-preview"] = self._pin
            found["file-details"] = self._toggle_details
            if not index.data(rows.DIR_ROLE):
                found["compare-file"] = self._compare
        return found

    def context_ids(self) -> tuple[str, ...]:
        """Return the actions of the context menu."""
        return (
            "quick-look", "open-with", "save-as", "", "compare-file", "pin-preview",
            "file-details", "contact-sheet", "",
            "copy-path", "copy-uri", "copy-load-code", "", "show-in-files",
        )  # fmt: skip

    def checks(self) -> Mapping[str, bool]:
        """Return which checkable actions are on."""
        return {
            "pin-preview": self._artifacts.panes.is_pinned,
            "file-details": not self._artifacts.details.isHidden(),
        }

    def leave(self) -> None:
        """Stop what is read for the page; it is about to be hidden."""
        self._artifacts.details.leave()
        if self._look is not None:
            self._look.close()

    def quick_look(self) -> None:
        """Show the chosen file over the page, or close what is shown so."""
        # Imported here: a start with a store does not need it.
        from runcase.ui.dialogs.quick_look import QuickLook

        if self._look is None:
            look = QuickLook(self._page.context, self._step, self._asked, self._page)
            look.finished.connect(self._looked)
            self._look = look
            look.open()
        self._show_look()

    def _step(self, by: int) -> bool:
        """Go to the next or previous file, and look at it instead."""
        if self._artifacts.tree.step(by):
            self._show_look()
            return True
        return False

    def _show_look(self) -> None:
        shown = self._artifacts
        index = shown.tree.currentIndex()
        found = shown.found
        if self._look is None or found is None or not self._is_previewed(index):
            return
        folder = found.folders[index.data(rows.GROUP_ROLE)].folder
        if folder is not None:
            files = shown.model.files()
            place = f"{files.index(index) + 1:,} of {len(files):,}" if index in files else ""
            self._look.show_artifact(folder, index.data(rows.PATH_ROLE), place)

    def _looked(self) -> None:
        self._look = None

    def _is_previewed(self, index: QModelIndex) -> bool:
        return index.isValid() and bool(
            not index.data(rows.DIR_ROLE) or index.data(rows.MODEL_ROLE)
        )

    def _asked(self, action_id: str, path: Path | None) -> None:
        """Do what is asked of a file: of the chosen one, or of one that stays pinned."""
        own = self._artifacts.path_on_disk()
        if action_id == "open-with":
            self.files.open_with(path or own)
        elif action_id == "save-as" and path is not None and own is not None:
            self._page.context.jobs.submit(
                # A preview's path has its links resolved, for which the disk is looked at.
                lambda _progress: os.path.realpath(own) == str(path),
                owner=self._page,
                then=lambda is_own: self._save() if is_own else self.files.save_as([path], 0),
                key="whose-file",
                lane="files",
            )
        else:
            command = self.commands().get(action_id)
            if command is not None:
                command()
        self._page.noted.emit()

    def _toggle_details(self) -> None:
        self._artifacts.toggle_details()
        self._page.noted.emit()

    def _go_to(self, found: FileOfRun) -> None:
        place = Location(Place.RUN, found.place.run_id, "artifacts", found.spelled)
        self._page.went.emit(place, False)

    def _compare(self) -> None:
        """Ask with which runs the chosen file is compared; the panel knows those that have it."""
        # Imported here: chosen now and then.
        from runcase.ui.dialogs.same_file import SameFile

        shown = self._artifacts
        if shown.details.isHidden():
            self._toggle_details()
        if shown.details.is_looking:
            self._waits = True
            return
        if not shown.details.same:
            self._page.said.emit("No other run of this experiment has this file.", True)
            return
        theme, path = self._page.theme, shown.path
        dialog = SameFile(theme, split_path(path)[1], shown.details.same, self._page)
        dialog.chosen.connect(self._compare_with)
        dialog.open()

    def _known(self) -> None:
        if self._waits:
            self._waits = False
            self._compare()

    def _compare_with(self, run_ids: list[str]) -> None:
        detail = self._artifacts.detail
        if detail is None:
            return
        model_id, path = split_path(self._artifacts.path)
        names = {each.model_id: each.name for each in detail.logged_models}
        shown = f"models/{names[model_id]}/{path}" if model_id in names else path
        refs = [RunRef(run_id) for run_id in dict.fromkeys([detail.run.run_id, *run_ids])]
        self._page.went.emit(Location(Place.COMPARE, joined(refs), path=shown), False)

    def _search(self) -> None:
        detail = self._artifacts.detail
        if detail is not None:
            self._page.went.emit(Location(Place.SEARCH, detail.run.run_id), False)

    def _pin(self) -> None:
        self._artifacts.panes.pin()
        self._page.noted.emit()

    def _save(self) -> None:
        shown = self._artifacts
        self.files.save_as(shown.paths_on_disk(), shown.chosen_size())

    def _copy_path(self) -> None:
        shown = self._artifacts
        own = shown.path_on_disk()
        paths = shown.paths_on_disk() or ([own] if own is not None else [])
        self.files.copy_text("\n".join(map(str, paths)))

    def _uri(self) -> str:
        detail = self._artifacts.detail
        model_id, path = split_path(self._artifacts.path)
        return artifact_uri(detail.run.run_id, model_id, path) if detail is not None else ""

    def _copy_code(self) -> None:
        index = self._artifacts.tree.currentIndex()
        is_model = bool(index.data(rows.MODEL_ROLE))
        code = artifact_code(self._session.path, self._uri(), is_model=is_model)
        self.files.copy_text(code)
