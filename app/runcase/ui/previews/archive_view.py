"""An archive's members as a list; one that is activated is opened in the same pane."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from runcase.preview import words
from runcase.preview.inventory import Archive, Entry
from runcase.ui import icons
from runcase.ui.previews.list_table import Index, ListModel, ListTable
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import label, row


class ArchiveModel(ListModel):
    """Members as rows, of which those are shown whose path holds a text."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(("Name", "Size", "Packed", "Modified", "Remark"), (1, 2))
        self._theme = theme
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_entries(self, entries: tuple[Entry, ...], text: str) -> None:
        """Show the members whose path holds a text, without regard to case."""
        folded = text.casefold()
        self.set_rows([each for each in entries if folded in each.path.casefold()])

    def entry(self, number: int) -> Entry:
        """Return the member of a row."""
        found: Entry = self.rows[number]
        return found

    def text(self, row: Entry, column: int) -> str:
        sizes = ("", "") if row.is_folder else (words.size(row.size), words.size(row.packed))
        return (row.path, *sizes, row.modified, row.note)[column]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry, column = self.entry(index.row()), index.column()
        if role == Qt.ItemDataRole.ForegroundRole and (column == 4 or entry.note):
            return self._warn if column in (0, 4) else None
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self._folder if entry.is_folder else self._file
        return super().data(index, role)

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
        self._model = ArchiveModel(theme)
        self._list = ListTable(theme, self._model, (84, 84, 140, 170))
        self.field = self._filter = QLineEdit()
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
