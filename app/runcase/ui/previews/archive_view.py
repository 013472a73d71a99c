"""An archive's members as a list; one that is activated is opened in the same pane."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from runcase.preview import words
from runcase.preview.inventory import Archive, Entry
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import label, row

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_TITLES = ("Name", "Size", "Packed", "Modified", "Remark")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROW = 26


class ArchiveModel(QAbstractTableModel):
    """Members as rows, of which those are shown whose path holds a text."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._all: tuple[Entry, ...] = ()
        self._shown: list[Entry] = []
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_entries(self, entries: tuple[Entry, ...], text: str) -> None:
        """Show the members whose path holds a text, without regard to case."""
        self.beginResetModel()
        self._all = entries
        folded = text.casefold()
        self._shown = [each for each in entries if folded in each.path.casefold()]
        self.endResetModel()

    def entry(self, number: int) -> Entry:
        """Return the member of a row."""
        return self._shown[number]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry, column = self._shown[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            sizes = ("", "") if entry.is_folder else (entry.size, entry.packed)
            shown = [words.size(each) if isinstance(each, int) else each for each in sizes]
            return (entry.path, *shown, entry.modified, entry.note)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (1, 2):
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and (column == 4 or entry.note):
            return self._warn if column in (0, 4) else None
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self._folder if entry.is_folder else self._file
        return None

    def _restyle(self) -> None:
        self._warn = self._theme.color("warn")
        self._folder = icons.icon(self._theme, "folder", "text-2", 15)
        self._file = icons.icon(self._theme, "file", "text-2", 15)
        self.layoutChanged.emit()


class ArchiveView(QWidget):
    """Members of an archive; `opened` carries the path of one."""

    opened = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Archive | None = None
        self._model = ArchiveModel(theme, self)
        self._list = _List()
        self._list.setModel(self._model)
        self._list.verticalHeader().hide()
        self._list.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        self._list.setShowGrid(False)
        self._list.setWordWrap(False)
        self._list.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        header = self._list.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 80), (2, 80), (3, 130), (4, 170)):
            self._list.setColumnWidth(column, theme.px(width))
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter members")
        self._filter.setAccessibleName("Filter members")
        self._filter.setClearButtonEnabled(True)
        self._count = label("", "small-muted")
        bar = QFrame()
        bar.setObjectName("panelHeader")
        line = row(margins=(10, 4, 10, 4))
        line.addWidget(self._filter, 1)
        line.addWidget(self._count)
        bar.setLayout(line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self._list, 1)
        self._filter.textChanged.connect(self._narrow)
        self._list.activated.connect(self._open)

    def show_document(self, document: Archive) -> None:
        """List an archive's members."""
        self._document = document
        self._list.setAccessibleName(document.name)
        self._filter.clear()
        self._narrow()

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        if document is None:
            return ""
        return f"{words.size(document.size)} · {document.format}"

    def _narrow(self) -> None:
        document = self._document
        if document is None:
            return
        self._model.set_entries(document.entries, self._filter.text())
        shown = self._model.rowCount()
        many = words.many(document.total, "member")
        if shown != document.total:
            many = f"{shown:,} of {many}"
        self._count.setText(f"{many}, {words.size(document.unpacked)} unpacked")

    def _open(self, index: QModelIndex) -> None:
        entry = self._model.entry(index.row())
        if not entry.is_folder:
            self.opened.emit(entry.path)


class _List(QTableView):
    """Opens the current member with the Enter key, too."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)
