"""Files without a store: what was dropped or named, previewed; a folder or several in one list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import artifacts as rows
from runcase.itemmodels import formats
from runcase.itemmodels.artifacts import ArtifactGroup
from runcase.progress import Progress
from runcase.store.artifact_files import walk
from runcase.store.records import ArtifactEntry, ArtifactFolder
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Busy, Crumb, FilterState, Page
from runcase.ui.pages.file_commands import FileCommands
from runcase.ui.widgets.artifact_tree import ArtifactList
from runcase.ui.widgets.folder_view import FolderView
from runcase.ui.widgets.preview_pane import PreviewPane
from runcase.ui.zoom import follow_sides

# How many characters of a path the status bar shows at most, and of either end of a longer one.
_LONG_PATH, _ENDS = 110, 54


@dataclass(frozen=True, slots=True)
class Listed:
    """Files in one list; no groups for one file or model, which is shown alone."""

    groups: tuple[ArtifactGroup, ...] = ()


class FilePage(Page):
    """Previews one file or model folder, or lists several files and folders beside the preview."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._paths: tuple[Path, ...] = ()
        self._words, self._begins = "", False
        self.preview = PreviewPane(context)
        self.list = ArtifactList(context)
        self.folder = FolderView(context, self.list.model)
        self._files = FileCommands(self)
        self._right = QStackedWidget()
        self._right.addWidget(self.preview)
        self._right.addWidget(self.folder)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(self._right)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(1, 1)
        split.setSizes([context.theme.px(318), context.theme.px(860)])
        follow_sides(context.theme, split, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
        self.preview.tools.asked.connect(lambda id_: self.commands()[id_]())
        self.preview.shown.connect(lambda _document: self.noted.emit())  # what it can search
        self.list.current_changed.connect(self._chosen)
        self.list.narrowed.connect(self._narrowed)
        self.list.rebuilt.connect(self._rows_shown)
        self.list.sheet_wanted.connect(lambda: self._show_folder(QModelIndex()))
        self.folder.opened.connect(self._open_key)
        self.list.hide()

    @property
    def location(self) -> Location:
        return Location(Place.FILE, "\0".join(map(str, self._paths)))

    def go(self, location: Location) -> None:
        self._paths = tuple(Path(each) for each in location.id.split("\0"))
        paths = self._paths
        self.list.clear()
        if len(paths) == 1:
            self.list.hide()
            self._right.setCurrentWidget(self.preview)
        self.context.jobs.submit(
            lambda progress: listed(paths, progress),
            owner=self,
            then=lambda found: self._show(paths, found),
            failed=self._failed,
            key="list",
            lane="files",
        )

    def title(self) -> str:
        if len(self._paths) > 1:
            return formats.counted(len(self._paths), "file")
        return self._paths[0].name if self._paths else ""

    def crumbs(self) -> list[Crumb]:
        if not self._paths:
            return []
        above = self._paths[0].parent
        icon = "file" if self.list.isHidden() else "folder-open"
        return [
            Crumb(above.name or str(above), "folder"),
            Crumb(self.title(), icon, self.location),
        ]

    def status(self) -> list[str]:
        if self.list.isHidden():
            return [_brief(str(self._paths[0]))] if self._paths else []
        return [self.list.total()]

    def filter_hint(self) -> str:
        return "" if self.list.isHidden() else "Find a file"

    def filter_state(self) -> FilterState:
        return FilterState(self._words)

    def apply_filter(self, text: str) -> None:
        self._words = text
        self.list.find_words(text)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        path = self.path_on_disk()
        found: dict[str, Callable[[], object]] = {"refresh": lambda: self.go(self.location)}
        field = self.preview.host.field
        if field is not None and self.list.isHidden():
            found["filter"] = field.setFocus
        if path is None:
            return found
        return found | {
            "copy-path": lambda: self._files.copy_text(str(path)),
            "open-with": lambda: self._files.open_with(path),
            "save-as": lambda: self._files.save_as([path], 0),
        }

    def context_ids(self) -> tuple[str, ...]:
        return ("open-with", "save-as", "", "copy-path", "show-in-files")

    def busy(self) -> Busy | None:
        return self._files.busy()

    def stop(self) -> None:
        self._files.stop()

    def path_on_disk(self) -> Path | None:
        """Return the file that is shown, for Show in Files."""
        index = self.list.tree.currentIndex()
        if not self.list.isHidden() and index.isValid():
            return self.list.model.path_of(index)
        return self._paths[0] if self._paths else None

    def _show(self, paths: tuple[Path, ...], found: Listed) -> None:
        if paths != self._paths:
            return
        self.list.setVisible(bool(found.groups))
        if not found.groups:
            self.preview.show_file(paths[0])
        else:
            self._begins = True
            self.list.show_groups(found.groups, fresh=True)
            folder = found.groups[0].folder
            self.list.show_place(ArtifactFolder(str(folder), folder, "what was opened"))
        self.noted.emit()

    def _rows_shown(self) -> None:
        """Begin with the first of several files, of a folder with all that is in it."""
        if not self._begins:
            return
        self._begins = False
        first = self.list.model.files()[:1]
        if len(self._paths) > 1 and first:
            self.list.tree.setCurrentIndex(first[0])
        else:
            self._show_folder(QModelIndex())
        self.list.tree.setFocus()
        self.noted.emit()

    def _failed(self, error: RuncaseError) -> None:
        self.preview.host.show_error(error.message, error.hint, self.title())

    def _chosen(self, index: QModelIndex) -> None:
        path = self.list.model.path_of(index)
        if path is None:
            return
        if index.data(rows.DIR_ROLE) and not index.data(rows.MODEL_ROLE):
            self._show_folder(index)
        else:
            self._right.setCurrentWidget(self.preview)
            self.preview.show_file(path)
        self.noted.emit()

    def _show_folder(self, index: QModelIndex) -> None:
        self.folder.show_folder(index, self.title())
        self._right.setCurrentWidget(self.folder)

    def _open_key(self, key: str) -> None:
        self.list.tree.setCurrentIndex(self.list.model.find(key))
        self.list.tree.setFocus()

    def _narrowed(self, text: str) -> None:
        self._words = text
        self.noted.emit()


def _brief(path: str) -> str:
    """Return a path that fits the smallest window, both its ends kept."""
    return path if len(path) <= _LONG_PATH else f"{path[:_ENDS]}…{path[-_ENDS:]}"


def listed(paths: Sequence[Path], progress: Progress) -> Listed:
    """List files and what is in folders, a group for each folder above; on a worker thread."""
    if len(paths) == 1:
        path = paths[0]
        if not path.is_dir() or (path / "MLmodel").is_file():
            return Listed()
        return Listed((ArtifactGroup("", "", tuple(walk(path, progress)), path),))
    above: dict[Path, list[ArtifactEntry]] = {}
    for path in paths:
        above.setdefault(path.parent, []).extend(_entries(path, progress))
    groups = [
        ArtifactGroup(str(at) if at else "", folder.name, tuple(entries), folder)
        for at, (folder, entries) in enumerate(above.items())
    ]
    return Listed(tuple(groups))


def _entries(path: Path, progress: Progress) -> list[ArtifactEntry]:
    try:
        found = path.stat()
        is_dir = path.is_dir()
    except OSError:
        return []
    entry = ArtifactEntry(path.name, is_dir, None if is_dir else found.st_size, found.st_mtime)
    if not is_dir:
        return [entry]
    return [
        entry,
        *(
            ArtifactEntry(
                f"{path.name}/{each.path}", each.is_dir, each.size, each.modified, each.kind
            )
            for each in walk(path, progress)
        ),
    ]
