"""The allow-list of imports: what Runcase has on it, what this person added, what a file needs."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from runcase.preview.facts import Import, Verdict
from runcase.preview.pickle_names import can_be_allowed, listed
from runcase.ui import icons
from runcase.ui.allow_list import BY_YOU, AllowList
from runcase.ui.previews.text_view import code_font
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import label

_IMPORT = int(Qt.ItemDataRole.UserRole) + 1
_SAID = (
    "Imports that only build values. Runcase loads no pickle, whatever is on the list: it says "
    "which imports are pointed out. What you add is kept in Runcase’s settings, not in the store."
)
_ROW = 26
_NEVER = "can never be allowed"
_Row = tuple[str, str, tuple[str, str] | None]
_Group = tuple[QTreeWidgetItem, list[QTreeWidgetItem]]


class AllowListDialog(QDialog):
    """Groups of names; what is chosen is added or taken off at once.

    Args:
        imports: Of the file that is shown, with the worker's verdicts.
    """

    def __init__(
        self,
        theme: Theme,
        allowed: AllowList,
        name: str,
        imports: Sequence[Import],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Allow-List")
        self.resize(theme.px(560), theme.px(540))
        self._theme, self._allowed, self._name, self._imports = theme, allowed, name, imports
        self._mono = code_font(theme)
        self._groups: list[_Group] = []
        said = label(_SAID, "text2")
        said.setWordWrap(True)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Filter names")
        self.field.setAccessibleName("Filter names")
        self.field.setClearButtonEnabled(True)
        self.names = QTreeWidget()
        self.names.setAccessibleName("Allow-list")
        self.names.setColumnCount(2)
        self.names.setHeaderHidden(True)
        self.names.setUniformRowHeights(True)
        self.names.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.names.header().setStretchLastSection(False)
        self.names.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.names.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.names.setColumnWidth(1, theme.px(236))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.allow_button = buttons.addButton("Allow", role)
        self.off_button = buttons.addButton("Take Off", role)
        self.allow_button.clicked.connect(self._allow)
        self.off_button.clicked.connect(self._take_off)
        buttons.rejected.connect(self.reject)
        self.names.itemSelectionChanged.connect(self._update)
        self.field.textChanged.connect(self._narrow)
        allowed.changed.connect(self._fill)
        layout = QVBoxLayout(self)
        for widget in (said, self.field, self.names, buttons):
            layout.addWidget(widget)
        self._fill()
        self.names.setFocus()

    def _fill(self) -> None:
        own = self._allowed.own()
        unknown: list[_Row] = []
        dangerous: list[_Row] = []
        for each in self._imports:
            name, pair = f"{each.module}.{each.name}", (each.module, each.name)
            if each.verdict == Verdict.DANGEROUS:
                dangerous.append((name, each.reason, None))
            elif each.verdict == Verdict.UNKNOWN and pair not in own:
                note = each.reason if can_be_allowed(*pair) else f"{each.reason}, {_NEVER}"
                unknown.append((name, note, pair))
        added: list[_Row] = [(f"{each[0]}.{each[1]}", BY_YOU, each) for each in own]
        known: list[_Row] = [(name, meaning, None) for name, meaning in listed()]
        self.names.clear()
        self._groups = [
            self._group(f"In {self._name}, not on the list", unknown, "triangle-alert", "warn"),
            self._group(f"In {self._name}, {_NEVER}", dangerous, "octagon-alert", "error"),
            self._group("Added by you", added, "check", "success"),
            self._group("On Runcase’s list", known, "check", "success"),
        ]
        self._narrow()
        self._update()

    def _group(self, title: str, rows: Sequence[_Row], icon: str, token: str) -> _Group:
        group = QTreeWidgetItem(self.names, [f"{title}   {len(rows):,}"])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        # Of all rows, which are as high as the first one.
        group.setSizeHint(0, QSize(0, self._theme.px(_ROW)))
        group.setFont(0, self._theme.font("body", QFont.Weight.DemiBold))
        group.setFirstColumnSpanned(True)
        group.setExpanded(True)
        items = []
        for name, note, pair in rows:
            item = QTreeWidgetItem(group, [name, note])
            item.setIcon(0, icons.icon(self._theme, icon, token, 15))
            item.setFont(0, self._mono)
            item.setForeground(1, self._theme.color("muted"))
            item.setData(0, _IMPORT, pair)
            for column, text in enumerate((name, note)):
                item.setToolTip(column, text)
            items.append(item)
        return group, items

    def _narrow(self) -> None:
        text = self.field.text().casefold()
        for group, items in self._groups:
            for item in items:
                item.setHidden(text not in item.text(0).casefold())
            group.setHidden(all(item.isHidden() for item in items))

    def _chosen(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return what of the selection may be added, and what may be taken off."""
        data = [item.data(0, _IMPORT) for item in self.names.selectedItems()]
        pairs = [(str(each[0]), str(each[1])) for each in data if each is not None]
        own = self._allowed.own()
        new = [each for each in pairs if each not in own and can_be_allowed(*each)]
        return new, [each for each in pairs if each in own]

    def _update(self) -> None:
        new, old = self._chosen()
        self.allow_button.setEnabled(bool(new))
        self.off_button.setEnabled(bool(old))

    def _allow(self) -> None:
        self._allowed.allow(self._chosen()[0])

    def _take_off(self) -> None:
        self._allowed.take_off(self._chosen()[1])
