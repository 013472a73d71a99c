"""The Artifacts tab of the run page: the tree of files with sizes, the preview beside it."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from runcase.errors import RuncaseError
from runcase.itemmodels import artifacts as rows
from runcase.itemmodels import formats
from runcase.itemmodels.artifacts import ArtifactGroup, ArtifactModel
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store.artifact_files import walk
from runcase.store.artifacts import NEVER_MADE
from runcase.store.records import ArtifactFolder, RunDetail
from runcase.ui.context import Context
from runcase.ui.widgets.artifact_delegate import ArtifactDelegate
from runcase.ui.widgets.basics import Elided, IconLabel, row
from runcase.ui.widgets.chevron_tree import ChevronTree
from runcase.ui.widgets.preview_pane import PreviewPane
from runcase.ui.widgets.state_page import LoadingPage, StatePage

_LONG_LIST = 1_000


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of a run and of its logged models; `folders` by group key."""

    groups: tuple[ArtifactGroup, ...]
    folders: dict[str, ArtifactFolder]


class RunArtifacts(QWidget):
    """Files of one run; `opened` carries the path of a chosen file, `counted` their total."""

    opened = Signal(str)
    counted = Signal(str)

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._session = session
        self._detail: RunDetail | None = None
        self._found: FoundFiles | None = None
        self._words: list[str] = []
        self._wanted = ""
        self._index = QModelIndex()
        self.path = ""
        self.model = ArtifactModel(("Name", "Size"), self)
        self.tree = self._make_tree(context)
        self._where = Elided("", "small-muted", Qt.TextElideMode.ElideMiddle)
        self._where_icon = IconLabel(context.theme, "folder-check", "success", 15)
        foot = QFrame()
        foot.setObjectName("panelHeader")
        line = row(self._where_icon, spacing=6, margins=(10, 6, 10, 6))
        line.addWidget(self._where, 1)
        foot.setLayout(line)
        left = QWidget()
        left.setObjectName("surface")
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tree, 1)
        layout.addWidget(foot)
        self.preview = PreviewPane(context)
        self._nothing = StatePage(context.theme)
        self._nothing.show_state("file-search", "No file selected", "Select a file to preview it.")
        self._right = QStackedWidget()
        self._right.addWidget(self._nothing)
        self._right.addWidget(self.preview)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setChildrenCollapsible(False)
        split.setSizes([context.theme.px(318), context.theme.px(860)])
        split.setStretchFactor(1, 1)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self._stack = QStackedWidget()
        for each in (split, self._state, self._loading):
            self._stack.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def wait_for(self, path: str) -> None:
        """Open this file once the files of the next run are listed."""
        self._wanted, self.path = path, path
        self._right.setCurrentWidget(self._nothing)

    def show_run(self, found: RunDetail, fresh: bool) -> None:
        """List the files of a run."""
        self._detail = found
        if fresh:
            self._found = None
            self.model.set_roots([])
            self._stack.setCurrentWidget(self._loading)
            self._loading.start("Listing files …")
        self._session.ask(
            lambda progress: find_files(self._session, found, progress),
            owner=self,
            then=self._show,
            failed=self._failed,
            key="files",
        )

    def summary(self) -> str:
        """Return the number of files and their size in words."""
        if self._found is None:
            return ""
        files = [each for group in self._found.groups for each in group.entries if not each.is_dir]
        if not files:
            return "no artifacts"
        size = formats.size(sum(each.size or 0 for each in files))
        return f"{formats.counted(len(files), 'file')}, {size}"

    def search(self, text: str) -> None:
        """Show only files whose path holds every word."""
        self._words = text.split()
        if self._found is not None:
            self.model.show(self._found.groups, self._words)
            self._expand()

    def open_path(self, path: str) -> None:
        """Select a file and preview it; `path` may begin with a logged model's id and `:`."""
        group, _, inner = path.rpartition(":") if path.startswith("m-") else ("", "", path)
        index = self.model.find(f"{group}/{inner}")
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)

    def can_fix_root(self) -> bool:
        """Say whether the run's files were looked for in vain."""
        return self._found is not None and self._found.folders[""].folder is None

    def fix_root(self, proposed: Path | None = None) -> None:
        """Let the person say where the artifacts lie; a dropped folder is proposed at once."""
        if self._detail is None or self._found is None:
            return
        # Imported here: most stores were never moved.
        from runcase.ui.dialogs.fix_root import FixRoot

        run = self._detail.run
        uri = run.artifact_uri or ""
        dialog = FixRoot(self._context.theme, self._session, uri, run.run_id, self)
        dialog.confirmed.connect(self._root_confirmed)
        dialog.open()
        if proposed is not None:
            dialog.propose(proposed)

    def _root_confirmed(self, stored: str, folder: Path) -> None:
        self._context.settings.set_root(self._session.path, stored, folder)
        self._session.map_root(stored, folder)
        if self._detail is not None:
            self.show_run(self._detail, True)

    def open_first_picture(self) -> None:
        """Preview the first picture, else the first file."""
        if self._found is None:
            return
        files = [
            (f"{group.key}:{entry.path}" if group.key else entry.path)
            for group in self._found.groups
            for entry in group.entries
            if not entry.is_dir
        ]
        pictures = [path for path in files if path.lower().endswith((".png", ".jpg", ".svg"))]
        for path in (pictures or files)[:1]:
            self.open_path(path)

    def path_on_disk(self) -> Path | None:
        """Return the chosen file or folder, else the run's artifact folder."""
        index = self.tree.currentIndex()
        if self._found is None:
            return None
        group = index.data(rows.GROUP_ROLE) if index.isValid() else ""
        folder = self._found.folders.get(group or "")
        if folder is None or folder.folder is None:
            return None
        path = index.data(rows.PATH_ROLE) if index.isValid() else ""
        return folder.folder / path if path else folder.folder

    def _make_tree(self, context: Context) -> QTreeView:
        tree = ChevronTree(context.theme)
        tree.setAccessibleName("Artifacts")
        tree.setModel(self.model)
        tree.setItemDelegate(ArtifactDelegate(context.theme, tree))
        tree.setUniformRowHeights(True)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, tree.header().ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, tree.header().ResizeMode.Fixed)
        tree.setColumnWidth(1, context.theme.px(112))
        tree.selectionModel().currentRowChanged.connect(self._chosen)
        return tree

    def _show(self, found: FoundFiles) -> None:
        self._loading.finish()
        self._found = found
        own = found.folders[""]
        self.counted.emit(self._total())
        if not any(group.entries for group in found.groups):
            self._show_nothing(own)
            return
        self.model.show(found.groups, self._words)
        self._expand()
        place = own if own.folder is not None else next(iter(found.folders.values()))
        self._show_place(place)
        self._stack.setCurrentIndex(0)
        if self._wanted:
            self.open_path(self._wanted)
            self._wanted = ""

    def _show_place(self, place: ArtifactFolder) -> None:
        if place.folder is None:
            self._where_icon.set_icon("folder-x", "warn")
            self._where.setText(place.reason)
            return
        self._where_icon.set_icon("folder-check", "success")
        self._where.setText(f"{self.summary()} · {place.step}")
        self._where.set_tip(f"stored: {place.uri}\nhere: {place.folder}")

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
        if self._found is None:
            return ""
        sizes = [each.size or 0 for group in self._found.groups for each in group.entries]
        return formats.size(sum(sizes)) if sizes else ""

    def _expand(self) -> None:
        """Open two levels of folders, of a long list only the first."""
        groups = self._found.groups if self._found is not None else ()
        files = sum(not each.is_dir for group in groups for each in group.entries)
        self.tree.expandToDepth(1 if files < _LONG_LIST else 0)

    def _chosen(self, index: QModelIndex) -> None:
        if not index.isValid() or self._found is None:
            return
        group, path = index.data(rows.GROUP_ROLE), index.data(rows.PATH_ROLE)
        is_dir, has_model = index.data(rows.DIR_ROLE), index.data(rows.MODEL_ROLE)
        folder = self._found.folders[group].folder
        if folder is None or (is_dir and not has_model):
            return
        self._right.setCurrentWidget(self.preview)
        self.preview.show_artifact(folder, path)
        wanted = f"{group}:{path}" if group else path
        if wanted != self.path:
            self.path = wanted
            self.opened.emit(wanted)


def find_files(session: Session, found: RunDetail, progress: Progress) -> FoundFiles:
    """Resolve and list the artifacts of a run and of its logged models; on a worker thread.

    When the run's own folder is not found, the opened folder is searched once for folders named
    after runs and models.
    """
    finder = session.finder
    run = found.run
    own = finder.find(run.artifact_uri, run.run_id)
    if own.folder is None and not finder.is_indexed:
        finder.index(progress)
        own = finder.find(run.artifact_uri, run.run_id)
    folders = {"": own}
    entries = tuple(walk(own.folder, progress)) if own.folder is not None else ()
    groups = [ArtifactGroup("", "", entries)]
    for model in found.logged_models:
        place = finder.find(model.artifact_location, model.model_id)
        if place.folder is not None:
            folders[model.model_id] = place
            files = tuple(walk(place.folder, progress))
            groups.append(ArtifactGroup(model.model_id, f"{model.name} (logged model)", files))
    return FoundFiles(tuple(groups), folders)
