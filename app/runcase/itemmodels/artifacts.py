"""The artifact tree: files and folders of a run with their sizes."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt

from runcase.itemmodels import formats
from runcase.itemmodels.tree import COLUMNS_ROLE, Node, TreeModel
from runcase.store.records import ArtifactEntry

PATH_ROLE = int(Qt.ItemDataRole.UserRole) + 1
DIR_ROLE = int(Qt.ItemDataRole.UserRole) + 2
SHARE_ROLE = int(Qt.ItemDataRole.UserRole) + 3
MODEL_ROLE = int(Qt.ItemDataRole.UserRole) + 4
GROUP_ROLE = int(Qt.ItemDataRole.UserRole) + 5

_TEXT = int(Qt.ItemDataRole.DisplayRole)


@dataclass(frozen=True, slots=True)
class ArtifactGroup:
    """One artifact folder: the run's own (`key` "") or a logged model's (`key` its id)."""

    key: str
    title: str
    entries: tuple[ArtifactEntry, ...]


class ArtifactModel(TreeModel):
    """Files by folder; a logged model's files are a folder of their own, named by its model."""

    def show(self, groups: Sequence[ArtifactGroup], words: Sequence[str] = ()) -> None:
        """Show the files of some groups whose path holds every word."""
        roots: list[Node] = []
        for group in groups:
            entries = _matching(group.entries, words)
            nodes = _tree(group.key, entries)
            if group.key:
                size = sum(entry.size or 0 for entry in entries)
                roots.append(_group_node(group, nodes, size))
            else:
                roots += nodes
        self.set_roots(roots)


def _matching(entries: Sequence[ArtifactEntry], words: Sequence[str]) -> list[ArtifactEntry]:
    wanted = [word.casefold() for word in words]
    if not wanted:
        return list(entries)
    return [
        entry
        for entry in entries
        if not entry.is_dir and all(word in entry.path.casefold() for word in wanted)
    ]


def _group_node(group: ArtifactGroup, nodes: list[Node], size: int) -> Node:
    data = {
        _TEXT: group.title,
        PATH_ROLE: "",
        DIR_ROLE: True,
        MODEL_ROLE: True,
        GROUP_ROLE: group.key,
        COLUMNS_ROLE: (formats.size(size),),
    }
    return Node(f"group/{group.key}", data, nodes)


def _tree(group: str, entries: Sequence[ArtifactEntry]) -> list[Node]:
    sizes = _folder_sizes(entries)
    largest = max(sizes.values(), default=0) or 1
    folders: dict[str, Node] = {}
    top: list[Node] = []

    def children(path: str) -> list[Node]:
        """Return the rows of a folder, making it and those above it when they are missing."""
        missing = []
        while path and path not in folders:
            missing.append(path)
            path = path.rpartition("/")[0]
        rows = folders[path].children if path else top
        for each in reversed(missing):
            folders[each] = _node(group, each, True, sizes.get(each, 0), largest)
            rows.append(folders[each])
            rows = folders[each].children
        return rows

    for entry in sorted(entries, key=lambda each: each.path.casefold()):
        if entry.is_dir:
            children(entry.path)
        else:
            size = entry.size or 0
            above = children(entry.path.rpartition("/")[0])
            above.append(_node(group, entry.path, False, size, largest))
    for node in folders.values():
        names = {child.data[_TEXT] for child in node.children}
        node.data[MODEL_ROLE] = "MLmodel" in names
    _folders_first(top)
    for node in folders.values():
        _folders_first(node.children)
    return top


def _folder_sizes(entries: Sequence[ArtifactEntry]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for entry in entries:
        if entry.is_dir:
            continue
        sizes[entry.path] = entry.size or 0
        path = entry.path
        while "/" in path:
            path = path.rpartition("/")[0]
            sizes[path] = sizes.get(path, 0) + (entry.size or 0)
    return sizes


def _node(group: str, path: str, is_dir: bool, size: int, largest: int) -> Node:
    name = path.rpartition("/")[2]
    kind = "folder" if is_dir else "file"
    data = {
        _TEXT: name,
        PATH_ROLE: path,
        DIR_ROLE: is_dir,
        SHARE_ROLE: size / largest,
        GROUP_ROLE: group,
        COLUMNS_ROLE: (formats.size(size),),
        int(Qt.ItemDataRole.ToolTipRole): f"{path}\n{size:,} bytes",
        int(Qt.ItemDataRole.AccessibleTextRole): f"{name}, {kind}, {formats.size(size)}",
    }
    return Node(f"{group}/{path}", data)


def _folders_first(nodes: list[Node]) -> None:
    nodes.sort(key=lambda node: (not node.data[DIR_ROLE], str(node.data[_TEXT]).casefold()))
