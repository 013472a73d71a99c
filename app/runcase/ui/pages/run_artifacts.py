"""The Artifacts tab of the run page: the tree of files, previews, folders and details beside it."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import artifacts as rows
from runcase.itemmodels import formats
from runcase.itemmodels.artifact_kinds import FileKind, kind_of
from runcase.itemmodels.run_texts import run_name
from runcase.session.session import Session
from runcase.store.artifacts import NEVER_MADE
from runcase.store.records import ArtifactFolder, RunDetail
from runcase.ui.context import Context
from runcase.ui.pages.artifact_listing import ArtifactListing, FoundFiles
from runcase.ui.widgets.artifact_details import ArtifactDetails, DetailsOf
from runcase.ui.widgets.artifact_tree import ArtifactList
from runcase.ui.widgets.folder_view import FolderView
from runcase.ui.widgets.preview_pane import PreviewPane
from runcase.ui.widgets.preview_panes import PreviewPanes
from runcase.ui.widgets.state_page import LoadingPage, StatePage
from runcase.ui.zoom import follow_sides


class RunArtifacts(QWidget):
    """Files of one run; `opened` carries the path of a chosen file, `counted` their total.

    `narrowed` carries the filter's words once they are typed beside the tree, `asked` an action
    id and the file it is asked for.
    """

    opened = Signal(str)
    counted = Signal(str)
    narrowed = Signal(str)
    asked = Signal(str, object)

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._session = session
        self.detail: RunDetail | None = None
        self.path = ""
        # What is to be opened once the files are listed: of a logged model also by its name.
        self._wanted, self._wanted_model = "", ""
        self._keeps_focus = self._is_listed = False
        self.listing = ArtifactListing(session, self)
        self.list = ArtifactList(context)
        self.model, self.tree = self.list.model, self.list.tree
        self.panes = PreviewPanes(context)
        self.folder = FolderView(context, self.model)
        self._nothing = StatePage(context.theme)
        self._nothing.show_state("file-search", "No file selected", "Select a file to preview it.")
        self._missing = StatePage(context.theme)
        self.right = QStackedWidget()
        for each in (self._nothing, self.panes, self.folder, self._missing):
            self.right.addWidget(each)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(self.list)
        self.split.addWidget(self.right)
        self.details = ArtifactDetails(context, session)
        self.split.addWidget(self.details)
        self.details.hide()
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([context.theme.px(318), context.theme.px(600), context.theme.px(264)])
        follow_sides(context.theme, self.split, 1)
        self.split.setStretchFactor(1, 1)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self._stack = QStackedWidget()
        for whole in (self.split, self._state, self._loading):
            self._stack.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._connect()

    @property
    def preview(self) -> PreviewPane:
        """Return the preview of what is chosen."""
        return self.panes.pane

    @property
    def found(self) -> FoundFiles | None:
        """Return the files, None before they were listed."""
        return self.listing.found

    def wait_for(self, path: str) -> None:
        """Open this file once the files of the next run are listed; called before they go."""
        focused = [each for each in self.findChildren(QWidget) if each.hasFocus()]
        self._keeps_focus = bool(focused) and not isinstance(focused[0], QLineEdit)
        self._wanted_model = self._model_name(path)
        self._wanted = self.path = path
        self._is_listed = False
        self.right.setCurrentWidget(self._nothing)

    def show_run(self, found: RunDetail, fresh: bool) -> None:
        """List the files of a run."""
        self.detail = found
        if fresh:
            self.list.clear()
            self._stack.setCurrentWidget(self._loading)
            self._loading.start("Listing files …", self.listing.stop)
        self.listing.list_run(found, fresh)

    def summary(self) -> str:
        """Return the number of files and their size in words."""
        return "" if self.found is None else rows.totals(self.found.groups)

    def search(self, text: str) -> None:
        """Show only files whose path holds every word."""
        self.list.find_words(text)

    def open_path(self, path: str) -> bool:
        """Select a file and preview it; `path` may begin with a logged model's id and `:`."""
        group, inner = split_path(path)
        index = self.model.find(f"{group}/{inner}" if inner else f"group/{group}")
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
        return index.isValid()

    def open_key(self, key: str) -> None:
        """Select the row of a key."""
        index = self.model.find(key)
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
            self.tree.setFocus()

    def show_sheet(self) -> None:
        """Show the pictures of the chosen folder, of the folder of the chosen file, or all."""
        index = self.tree.currentIndex()
        while index.isValid() and not index.data(rows.DIR_ROLE):
            index = index.parent()
        self.folder.show_folder(index)
        self.right.setCurrentWidget(self.folder)
        self.folder.sheet.setFocus()

    def can_fix_root(self) -> bool:
        """Say whether the run's files were looked for in vain."""
        own = self.found.folders[""] if self.found is not None else None
        return own is not None and own.folder is None and own.reason != NEVER_MADE

    def fix_root(self, proposed: Path | None = None) -> None:
        """Let the person say where the artifacts lie; a dropped folder is proposed at once."""
        if self.detail is None or self.found is None:
            return
        # Imported here: most stores were never moved.
        from runcase.ui.dialogs.fix_root import FixRoot

        run = self.detail.run
        uri = run.artifact_uri or ""
        dialog = FixRoot(self._context.theme, self._session, uri, run.run_id, self)
        dialog.confirmed.connect(self._root_confirmed)
        dialog.open()
        if proposed is not None:
            dialog.propose(proposed)

    def open_first_picture(self) -> None:
        """Preview the first picture, else the first file."""
        files = self.model.files()
        pictures = [each for each in files if kind_of(each.data(rows.PATH_ROLE)) is FileKind.IMAGE]
        for index in (pictures or files)[:1]:
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)

    def path_on_disk(self) -> Path | None:
        """Return the chosen file or folder, else the run's artifact folder."""
        index = self.tree.currentIndex()
        if index.isValid():
            return self.model.path_of(index)
        own = self.found.folders[""] if self.found is not None else None
        return own.folder if own is not None else None

    def paths_on_disk(self) -> list[Path]:
        """Return all that is chosen, where it lies on this machine."""
        found = [self.model.path_of(index) for index in self.tree.chosen()]
        return [path for path in found if path is not None]

    def chosen_size(self) -> int:
        """Return what all that is chosen weighs, in bytes."""
        files = {
            (each.data(rows.GROUP_ROLE), each.data(rows.PATH_ROLE)): each.data(rows.ENTRY_ROLE)
            for index in self.tree.chosen()
            for each in self.model.files(index)
        }
        return sum(entry.size or 0 for entry in files.values())

    def toggle_details(self) -> None:
        """Show or hide the panel of details, whose room the preview gives."""
        files, right, _ = self.split.sizes()
        self.details.setVisible(self.details.isHidden())
        wide = self.details.minimumWidth()
        if not self.details.isHidden() and right > wide:
            # What the preview cannot give comes from the list, not from the navigator.
            room = files + right - wide
            spared = room - self.right.minimumSizeHint().width()
            files = max(self.list.minimumWidth(), min(files, spared))
            self.split.setSizes([files, room - files, wide])
        self.preview.tools.details.setChecked(not self.details.isHidden())

    def _tell_of(self, index: QModelIndex) -> None:
        path, detail = self.model.path_of(index), self.detail
        if path is None or detail is None:
            return
        group = index.data(rows.GROUP_ROLE)
        names = {each.model_id: each.name for each in detail.logged_models}
        of = DetailsOf(
            detail.run.run_id,
            detail.run.experiment_id,
            names.get(group, ""),
            index.data(rows.PATH_ROLE),
            path,
            is_folder=bool(index.data(rows.DIR_ROLE)),
        )
        self.details.show_file(of)

    def _connect(self) -> None:
        self.listing.changed.connect(self._listed)
        self.listing.failed.connect(self._failed)
        self.list.current_changed.connect(self._chosen)
        self.list.narrowed.connect(self.narrowed)
        self.list.rebuilt.connect(self._rows_shown)
        self.list.stopped.connect(self.listing.stop)
        self.list.sheet_wanted.connect(self.show_sheet)
        self.folder.opened.connect(self.open_key)
        self.panes.asked.connect(self.asked)
        self.tree.looked.connect(lambda: self.asked.emit("quick-look", None))
        self.folder.looked.connect(self._look_at)

    def _look_at(self, key: str) -> None:
        """Take a quick look at a picture of the sheet, which stays behind it."""
        index = self.model.find(key)
        if index.isValid():
            blocked = self.list.blockSignals(True)
            self.tree.setCurrentIndex(index)
            self.list.blockSignals(blocked)
            self.asked.emit("quick-look", None)

    def _root_confirmed(self, stored: str, folder: Path) -> None:
        self._context.settings.set_root(self._session.path, stored, folder)
        self._session.map_root(stored, folder)
        if self.detail is not None:
            self.show_run(self.detail, True)

    def _listed(self, finished: bool) -> None:
        found = self.found
        if found is None:
            return
        self._loading.finish()
        own = found.folders[""]
        if finished:
            self.counted.emit(self._total())
        if not any(group.entries for group in found.groups):
            self._show_nothing(own)
            return
        self._is_listed = finished
        self.list.show_groups(found.groups, fresh=False)
        if finished:
            self.list.show_place(own if own.folder is not None else _first_found(found))
        else:
            self.list.show_listing(stoppable=True)
        self._stack.setCurrentIndex(0)
        self._take_focus()

    def _rows_shown(self) -> None:
        """Open what waits for its row, or show anew what a folder holds."""
        if self._wanted:
            self._open_wanted(self._is_listed)
        elif self._is_listed and self.right.currentWidget() is self.folder:
            self.folder.show_folder(self.tree.currentIndex())

    def _take_focus(self) -> None:
        """Have the focus on the tree if it was here before the run changed, or if nobody has it."""
        focused = self.window().focusWidget()
        nobody = focused in (None, self) or focused.isAncestorOf(self)
        if self.isVisible() and (self._keeps_focus or nobody):
            self.tree.setFocus()
        self._keeps_focus = False

    def _open_wanted(self, finished: bool) -> None:
        """Open what the run before showed; say so when this run has no such file."""
        wanted, group = self._wanted, split_path(self._wanted)[0]
        if group and self.found is not None and group not in self.found.folders:
            # The model of the run before: this run's model of the same name has its files.
            same = [each.key for each in self.found.groups if each.title == self._wanted_model]
            wanted = f"{same[0]}:{split_path(wanted)[1]}" if self._wanted_model and same else wanted
        if self.open_path(wanted):
            self._wanted = ""
        elif self.list.narrowing and self._is_there(wanted):
            self.list.show_all()  # and it is opened once its row is there
        elif finished:
            self._wanted = ""
            title = f"This run has no {split_path(wanted)[1]}"
            text = "It is shown again for the next run that has it. Another file may be chosen."
            if self.panes.is_pinned:
                self.right.setCurrentWidget(self.panes)
                self.preview.say(title, text)
            else:
                self._missing.show_state("file-question-mark", title, text)
                self.right.setCurrentWidget(self._missing)

    def _is_there(self, path: str) -> bool:
        group, inner = split_path(path)
        groups = self.found.groups if self.found is not None else ()
        return any(
            each.key == group and any(entry.path == inner for entry in each.entries)
            for each in groups
        )

    def _model_name(self, path: str) -> str:
        group = split_path(path)[0]
        groups = self.found.groups if self.found is not None and group else ()
        return next((each.title for each in groups if each.key == group), self._wanted_model)

    def _show_nothing(self, place: ArtifactFolder) -> None:
        if place.folder is not None:
            self._state.show_state("folder", "This run has no artifacts", str(place.folder))
        elif place.reason == NEVER_MADE:
            self._state.show_state("folder", "This run has no artifacts", place.reason)
        else:
            self._state.show_state(
                "folder-x",
                "The files are not where the run says",
                f"{place.uri or 'No location is stored.'}\n{place.reason}",
                ("Fix Artifact Root…", self.fix_root),
                ("Copy Path", lambda: QGuiApplication.clipboard().setText(place.uri)),
                token="warn",
            )
        self._stack.setCurrentWidget(self._state)

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        self._state.show_error("The files could not be listed", error)
        self._stack.setCurrentWidget(self._state)

    def _total(self) -> str:
        groups = self.found.groups if self.found is not None else ()
        sizes = [each.size or 0 for group in groups for each in group.entries]
        return formats.size(sum(sizes)) if sizes else ""

    def _chosen(self, index: QModelIndex) -> None:
        if not index.isValid() or self.found is None or self.detail is None:
            return
        group, path = index.data(rows.GROUP_ROLE), index.data(rows.PATH_ROLE)
        folder = self.found.folders[group].folder
        if folder is None:
            return
        self._tell_of(index)
        if index.data(rows.DIR_ROLE) and not index.data(rows.MODEL_ROLE):
            self.folder.show_folder(index)
            self.right.setCurrentWidget(self.folder)
        else:
            self.right.setCurrentWidget(self.panes)
            self.panes.show_artifact(folder, path, run_name(self.detail.run))
        wanted = f"{group}:{path}" if group else path
        if wanted != self.path:
            self.path = wanted
            self.opened.emit(wanted)


def split_path(path: str) -> tuple[str, str]:
    """Return the logged model's id, "" for the run's own files, and the path below its folder."""
    if not path.startswith("m-"):
        return "", path
    group, colon, inner = path.partition(":")
    return (group, inner) if colon else ("", path)


def _first_found(found: FoundFiles) -> ArtifactFolder:
    return next(each for each in found.folders.values() if each.folder is not None)
