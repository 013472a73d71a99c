"""The bar over a table preview: the query, what it found, other tables of the file, columns."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QFrame, QMenu, QTableView, QToolButton

from runcase.preview import words
from runcase.preview.document import Table
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import SearchField, label, row

_ORDER = re.compile(r"\s*\border\s+by\b.*$", re.IGNORECASE | re.DOTALL)
_FIRST_KEY = re.compile(
    r"\border\s+by\s+(?:`([^`]+)`|([^\s,`]+))(\s+desc)?", re.IGNORECASE | re.DOTALL
)
_PLAIN = re.compile(r"[^\W\d][\w.]*")
_WORD = re.compile(r"[\w .-]{1,20}")
_RESERVED = frozenset(
    [
        "and",
        "or",
        "not",
        "is",
        "in",
        "between",
        "contains",
        "like",
        "matches",
        "order",
        "true",
        "false",
        "null",
    ]
)
_COLUMNS = 200


class TableBar(QFrame):
    """Takes a query; `queried` says that its rows are wanted, `parted` carries another table."""

    queried = Signal()
    parted = Signal(str)

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__()
        self._theme = theme
        self._view = view
        self._asked = ""
        self.setObjectName("panelHeader")
        self.field = self._field = SearchField(theme, "list-filter", "text-2", 16)
        self._field.setAccessibleName("Filter and sort rows")
        self._answer = label("", "small")
        self._parts = QComboBox()
        self._parts.setAccessibleName("Table of the file")
        self._columns = QToolButton()
        self._columns.setText("Columns")
        self._columns.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.put(theme, self._columns, "columns-3", room=16)
        self._columns.setAccessibleName("Columns")
        self._columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._columns.setMenu(self._menu)
        line = row(margins=(10, 4, 10, 4))
        line.addWidget(self._parts)
        line.addWidget(self._field, 1)
        line.addWidget(self._answer)
        line.addWidget(self._columns)
        self.setLayout(line)
        self._field.returnPressed.connect(self._submit)
        self._field.textChanged.connect(self._cleared)
        self._parts.activated.connect(self._choose_part)
        self._menu.aboutToShow.connect(self._fill_menu)

    def query(self) -> str:
        """Return the query that was last asked for."""
        return self._asked

    def reset(self, document: Table) -> None:
        """Start with another table, all rows in the order of the file."""
        self._asked = ""
        self._field.setPlaceholderText(f"Filter and sort, such as {_example(document)}")
        blocked = self._field.blockSignals(True)
        self._field.clear()
        self._field.blockSignals(blocked)
        self._answer.clear()
        self._parts.clear()
        self._parts.addItems(document.parts)
        self._parts.setCurrentText(document.part)
        self._parts.setVisible(len(document.parts) > 1)
        for number in range(min(_COLUMNS, len(document.columns))):
            self._view.setColumnHidden(number, False)

    def show_answer(self, document: Table) -> None:
        """Say how many rows the query found, and how long it took."""
        if document.unfiltered is None:
            self._answer.clear()
            return
        found, all_rows = document.total or 0, document.unfiltered
        took = max(1, round(document.took_us / 1000))
        self._say(f"{found:,} of {words.many(all_rows, 'row')} · {took:,} ms", "success")

    def show_error(self, message: str) -> None:
        """Say what is wrong with the query."""
        self._say(message, "error")

    def sort(self) -> tuple[str, bool]:
        """Return the first column that the query sorts by and whether it descends, or nothing."""
        found = _FIRST_KEY.search(self._asked)
        if found is None:
            return "", False
        return found.group(1) or found.group(2), bool(found.group(3))

    def set_sort(self, name: str, down: bool) -> None:
        """Sort by a column, and keep the query's condition."""
        condition = _ORDER.sub("", self._field.text()).strip()
        order = f"order by {_key(name)}{' desc' if down else ''}"
        self._field.setText(f"{condition} {order}".strip())
        self._submit()

    def _submit(self) -> None:
        self._asked = self._field.text().strip()
        self._answer.clear()
        self.queried.emit()

    def _cleared(self, text: str) -> None:
        if not text and self._asked:
            self._submit()

    def _choose_part(self) -> None:
        self.parted.emit(self._parts.currentText())

    def _fill_menu(self) -> None:
        self._menu.clear()
        model = self._view.model()
        show_all = self._menu.addAction("Show All Columns")
        show_all.triggered.connect(self._show_all)
        self._menu.addSeparator()
        for number in range(min(_COLUMNS, model.columnCount())):
            title = str(model.headerData(number, Qt.Orientation.Horizontal)).partition("\n")[0]
            action = self._menu.addAction(title.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(not self._view.isColumnHidden(number))
            action.setData(number)
            action.toggled.connect(self._toggle_column)

    def _toggle_column(self, shown: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._view.setColumnHidden(int(action.data()), not shown)

    def _show_all(self) -> None:
        for number in range(self._view.model().columnCount()):
            self._view.setColumnHidden(number, False)

    def _say(self, text: str, token: str) -> None:
        self._answer.setText(text)
        self._answer.setToolTip(text)
        self._answer.setStyleSheet(f"color: {self._theme.color(token).name()};")


def _key(name: str) -> str:
    """Return a column's name as a query writes it."""
    plain = _PLAIN.fullmatch(name) and name.lower() not in _RESERVED
    return name if plain else f"`{name}`"


def _example(document: Table) -> str:
    """Return a query over the table's own columns, with values of its first rows."""
    number = text = ""
    for column, cells in zip(document.columns, document.cells, strict=False):
        cell = next((each for each in cells if each), "")
        if column.numeric and not number:
            number = f"{_key(column.name)} > {cell or 0}"
        elif column.dtype == "string" and _WORD.fullmatch(cell) and not text:
            text = f"{_key(column.name)} = '{cell}'"
    key = _key(document.columns[0].name) if document.columns else ""
    wanted = " and ".join(each for each in (number, text) if each)
    return f"{wanted} order by {key} desc" if wanted else f"order by {key} desc"
