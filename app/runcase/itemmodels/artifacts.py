"""The artifact tree: files and folders of a run with their sizes, in an order, of some kinds."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QModelIndex, QObject, Qt, QUrl

from runcase.itemmodels import formats
from runcase.itemmodels.artifact_kinds import FileKind, kind_of
from runcase.itemmodels.tree import COLUMNS_ROLE, Index, Node, TreeModel
from runcase.store.artifact_files import OUTSIDE
from runcase.store.records import ArtifactEntry

PATH_ROLE = int(Qt.ItemDataRole.UserRole) + 1
DIR_ROLE = int(Qt.ItemDataRole.UserRole) + 2
SHARE_ROLE = int(Qt.ItemDataRole.UserRole) + 3
MODEL_ROLE = int(Qt.ItemDataRole.UserRole) + 4
GROUP_ROLE = int(Qt.ItemDataRole.UserRole) + 5
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole) + 6

_WEIGHT_ROLE = int(Qt.ItemDataRole.UserRole) + 7
_TEXT = int(Qt.ItemDataRole.DisplayRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_SAID = int(Qt.ItemDataRole.AccessibleTextRole)


class Order(StrEnum):
    """How rows are ordered within their folder; folders come first but by size and time."""

    NAME = "name"
    SIZE = "size"
    KIND = "kind"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class ArtifactGroup:
    """One artifact folder: the run's own (`key` "") or a logged model's (`key` its id).

    `folder` is where it lies on this machine, None when that is not known.
    """

    key: str
    title: str
    entries: tuple[ArtifactEntry, ...]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What of the files is shown: paths that hold every word, of these kinds; none means all."""

    words: tuple[str, ...] = ()
    kinds: frozenset[FileKind] = frozenset()

    def takes(self, entry: ArtifactEntry) -> bool:
        """Say whether a file is shown."""
        path = entry.path.casefold()
        return all(word.casefold() in path for word in self.words) and (
            not self.kinds or kind_of(entry.path) in self.kinds
        )

    def __bool__(self) -> bool:
        return bool(self.words or self.kinds)


EVERYTHING = Narrowing()


@dataclass(frozen=True, slots=True)
class _Size:
    """What a row weighs, and when it, or the newest file in it, was written."""

    bytes: int = 0
    files: int = 0
    modified: float = 0.0

    def plus(self, entry: ArtifactEntry) -> "_Size":
        return _Size(
            self.bytes + (entry.size or 0),
            self.files + 1,
            max(self.modified, entry.modified or 0.0),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """Rows that are ready to be shown, how many files are among them, and their bytes."""

    roots: list[Node]
    files: int
    bytes: int


class ArtifactModel(TreeModel):
    """Files by folder; a logged model's files are a folder of their own, named by its model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(("Name", "Size"), parent)
        self._folders: dict[str, Path] = {}

    def show(
        self,
        groups: Sequence[ArtifactGroup],
        narrowing: Narrowing = EVERYTHING,
        order: Order = Order.NAME,
        descending: bool = False,
    ) -> None:
        """Show the files of some groups."""
        self.put(groups, built(groups, narrowing, order, descending))

    def put(self, groups: Sequence[ArtifactGroup], rows: "Built") -> None:
        """Show rows that were built of some groups."""
        self._folders = {each.key: each.folder for each in groups if each.folder is not None}
        self.set_roots(rows.roots)

    def path_of(self, index: Index) -> Path | None:
        """Return where a row lies on this machine; None where it is a link that leads away."""
        node = self.node(index)
        if node is None:
            return None
        folder, entry = self._folders.get(node.data[GROUP_ROLE]), node.data.get(ENTRY_ROLE)
        if folder is None or (entry is not None and entry.kind == OUTSIDE):
            return None
        return folder / str(node.data[PATH_ROLE]) if node.data[PATH_ROLE] else folder

    def files(self, below: QModelIndex | None = None) -> list[QModelIndex]:
        """Return the files below a row, or all, in the order of the rows."""
        found, waiting = [], [below if below is not None else QModelIndex()]
        while waiting:
            index = waiting.pop()
            if index.isValid() and not index.data(DIR_ROLE):
                found.append(index)
            children = [self.index(row, 0, index) for row in range(self.rowCount(index))]
            waiting += reversed(children)
        return found

    def data(self, index: Index, role: int = _TEXT) -> Any:
        # Of 10,000 rows few are ever seen: their words are made when they are asked for.
        if role in (_TEXT, _TIP, _SAID) and (node := self.node(index)) is not None:
            entry, size = node.data.get(ENTRY_ROLE), node.data.get(_WEIGHT_ROLE)
            if entry is not None and size is not None:
                return _words(entry, size, role, index.column())
        return super().data(index, role)

    def folders(self) -> list[QModelIndex]:
        """Return the rows that have rows below them."""
        return [self.index_of(at) for at, node in enumerate(self._nodes) if node.children]

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        paths = [self.path_of(each) for each in indexes if each.column() == 0]
        return mime_of([path for path in paths if path is not None])

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction


def built(
    groups: Sequence[ArtifactGroup], narrowing: Narrowing, order: Order, descending: bool
) -> Built:
    """Build the rows of some groups; of many files on a worker thread."""
    roots: list[Node] = []
    files = size = 0
    for group in groups:
        entries = _matching(group.entries, narrowing)
        files += sum(not entry.is_dir for entry in entries)
        size += sum(entry.size or 0 for entry in entries)
        nodes = _tree(group.key, entries, order, descending)
        if not group.key:
            roots += nodes
        elif nodes or not narrowing:
            roots.append(_group_node(group, nodes, entries))
    return Built(roots, files, size)


def mime_of(paths: Sequence[Path]) -> QMimeData:
    """Return files as what is dragged to other programs: themselves, and their paths as text."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    mime.setText("\n".join(str(path) for path in paths))
    return mime


def kinds_in(groups: Sequence[ArtifactGroup]) -> dict[FileKind, int]:
    """Count the files of each kind that there are, in the order of the kinds."""
    counts = dict.fromkeys(FileKind, 0)
    for group in groups:
        for entry in group.entries:
            if not entry.is_dir:
                counts[kind_of(entry.path)] += 1
    return {kind: count for kind, count in counts.items() if count}


def totals(groups: Sequence[ArtifactGroup]) -> str:
    """Return how many files there are and what they weigh, in words."""
    files = [each for group in groups for each in group.entries if not each.is_dir]
    if not files:
        return "no artifacts"
    size = formats.size(sum(each.size or 0 for each in files))
    return f"{formats.counted(len(files), 'file')}, {size}"


def _matching(entries: Sequence[ArtifactEntry], narrowing: Narrowing) -> list[ArtifactEntry]:
    if not narrowing:
        return list(entries)
    return [entry for entry in entries if not entry.is_dir and narrowing.takes(entry)]


def _group_node(group: ArtifactGroup, nodes: list[Node], entries: Sequence[ArtifactEntry]) -> Node:
    size = sum(entry.size or 0 for entry in entries)
    files = sum(not entry.is_dir for entry in entries)
    data: dict[int, Any] = {
        _TEXT: group.title,
        PATH_ROLE: "",
        DIR_ROLE: True,
        MODEL_ROLE: any(entry.path == "MLmodel" for entry in entries),
        GROUP_ROLE: group.key,
        COLUMNS_ROLE: (formats.size(size),),
        _TIP: (f"{group.title}\n{formats.counted(files, 'file')}, {size:,} bytes"),
    }
    return Node(f"group/{group.key}", data, nodes)


def _tree(
    group: str, entries: Sequence[ArtifactEntry], order: Order, descending: bool
) -> list[Node]:
    sizes = _sizes(entries)
    largest = max((each.bytes for each in sizes.values()), default=0) or 1
    folders: dict[str, Node] = {}
    top: list[Node] = []

    def children(path: str, entry: ArtifactEntry | None = None) -> list[Node]:
        """Return the rows of a folder, making it and those above it when they are missing."""
        missing = []
        while path and path not in folders:
            missing.append(path)
            path = path.rpartition("/")[0]
        rows = folders[path].children if path else top
        for each in reversed(missing):
            listed = entry if entry is not None and entry.path == each else None
            made = listed or ArtifactEntry(each, True, None)
            folders[each] = _node(group, made, sizes.get(each, _Size()), largest)
            rows.append(folders[each])
            rows = folders[each].children
        return rows

    for entry in sorted(entries, key=lambda each: each.path.casefold()):
        if entry.is_dir:
            children(entry.path, entry)
        else:
            above = children(entry.path.rpartition("/")[0])
            above.append(_node(group, entry, sizes[entry.path], largest))
    for node in folders.values():
        names = {child.data[_TEXT] for child in node.children}
        node.data[MODEL_ROLE] = "MLmodel" in names
    key = _key(order, sizes)
    for nodes in (top, *(node.children for node in folders.values())):
        nodes.sort(key=lambda node: str(node.data[_TEXT]).casefold())
        nodes.sort(key=key, reverse=descending)
        if order in (Order.NAME, Order.KIND):
            nodes.sort(key=lambda node: not node.data[DIR_ROLE])
    return top


def _key(order: Order, sizes: Mapping[str, _Size]) -> Callable[[Node], Any]:
    def size_of(node: Node) -> _Size:
        return sizes.get(node.data[PATH_ROLE], _Size())

    keys: dict[Order, Callable[[Node], Any]] = {
        Order.NAME: lambda node: str(node.data[_TEXT]).casefold(),
        Order.SIZE: lambda node: size_of(node).bytes,
        Order.KIND: lambda node: list(FileKind).index(kind_of(node.data[PATH_ROLE])),
        Order.TIME: lambda node: size_of(node).modified,
    }
    return keys[order]


def _sizes(entries: Collection[ArtifactEntry]) -> dict[str, _Size]:
    sizes: dict[str, _Size] = {}
    for entry in entries:
        if entry.is_dir:
            continue
        path = entry.path
        sizes[path] = _Size().plus(entry)
        while "/" in path:
            path = path.rpartition("/")[0]
            sizes[path] = sizes.get(path, _Size()).plus(entry)
    return sizes


def _node(group: str, entry: ArtifactEntry, size: _Size, largest: int) -> Node:
    data: dict[int, Any] = {
        _TEXT: entry.name,
        PATH_ROLE: entry.path,
        DIR_ROLE: entry.is_dir,
        SHARE_ROLE: size.bytes / largest,
        GROUP_ROLE: group,
        ENTRY_ROLE: entry,
        _WEIGHT_ROLE: size,
    }
    return Node(f"{group}/{entry.path}", data)


def _words(entry: ArtifactEntry, size: _Size, role: int, column: int) -> str:
    """Return what a row says in a column, in its tooltip, or to a screen reader."""
    weight = "link" if entry.kind == OUTSIDE else formats.size(size.bytes)
    if role == _TEXT:
        return weight if column else entry.name
    if role == _SAID:
        return f"{entry.name}, {'folder' if entry.is_dir else 'file'}, {weight}"
    return _tip(entry, size)


def _tip(entry: ArtifactEntry, size: _Size) -> str:
    tip = f"{entry.path}\n{size.bytes:,} bytes"
    if entry.is_dir:
        tip += f", {formats.counted(size.files, 'file')}"
    if size.modified:
        tip += f"\nmodified {formats.moment(round(size.modified * 1000))}"
    return tip
