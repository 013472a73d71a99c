"""What is shown of a folder: how much of each kind is in it, its pictures as a contact sheet."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from runcase.itemmodels import artifacts as rows
from runcase.itemmodels import formats
from runcase.itemmodels.artifact_kinds import FileKind, kind_of
from runcase.itemmodels.artifacts import ArtifactModel
from runcase.itemmodels.contact_sheet import SheetItem
from runcase.ui.context import Context
from runcase.ui.widgets.basics import Elided, IconLabel, label, row
from runcase.ui.widgets.contact_sheet import ContactSheet
from runcase.ui.widgets.state_page import StatePage
from runcase.ui.zoom import fix

_HEIGHT = 38


class FolderView(QWidget):
    """`opened` carries the key of a file in the tree, `looked` that of one to look at quickly."""

    opened = Signal(str)
    looked = Signal(str)

    def __init__(self, context: Context, model: ArtifactModel) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._model = model
        self.sheet = ContactSheet(context)
        self.sheet.opened.connect(self.opened)
        self.sheet.looked.connect(self.looked)
        self._nothing = StatePage(context.theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.sheet)
        self._stack.addWidget(self._nothing)
        self._name = Elided("", "heading", Qt.TextElideMode.ElideMiddle)
        self._facts = label("", "small-muted")
        bar = QFrame()
        bar.setObjectName("panelHeader")
        fix(context.theme, bar, height=_HEIGHT)
        head = row(IconLabel(context.theme, "folder-open", "text-2", 15), margins=(12, 0, 10, 0))
        head.addWidget(self._name, 1)
        head.addWidget(self._facts)
        bar.setLayout(head)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self._stack, 1)

    def show_folder(self, index: QModelIndex, title: str = "All Files") -> None:
        """Show what is below a row; an invalid one means all files."""
        files = self._model.files(index if index.isValid() else None)
        name = str(index.data(rows.PATH_ROLE) or index.data()) if index.isValid() else title
        pictures = [each for each in files if kind_of(each.data(rows.PATH_ROLE)) is FileKind.IMAGE]
        size = sum(each.data(rows.ENTRY_ROLE).size or 0 for each in files)
        facts = [formats.counted(len(files), "file"), formats.size(size)]
        if pictures:
            facts.insert(1, formats.counted(len(pictures), "picture"))
        self._name.setText(name)
        self._facts.setText(" · ".join(facts))
        self.sheet.show_items(self._items(pictures))
        if pictures:
            self._stack.setCurrentWidget(self.sheet)
            return
        self._nothing.show_state("folder", name, _by_kind(files) or "This folder is empty.")
        self._stack.setCurrentWidget(self._nothing)

    def _items(self, pictures: Sequence[QModelIndex]) -> list[SheetItem]:
        found = []
        for index in pictures:
            node, path = self._model.node(index), self._model.path_of(index)
            if node is not None and path is not None:
                tip = str(index.data(Qt.ItemDataRole.ToolTipRole))
                found.append(SheetItem(node.key, path.name, path, tip))
        return found


def _by_kind(files: Sequence[QModelIndex]) -> str:
    counts: dict[FileKind, int] = {}
    for each in files:
        kind = kind_of(each.data(rows.PATH_ROLE))
        counts[kind] = counts.get(kind, 0) + 1
    return ", ".join(f"{count:,} × {kind.value}" for kind, count in counts.items())
