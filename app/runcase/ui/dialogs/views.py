"""The named views of an experiment: apply, rename, delete, choose the default, copy."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.local.records import View
from runcase.ui import icons
from runcase.ui.dialogs.views_copy import CopyView, framed
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row

_NAME = Qt.ItemDataRole.UserRole
_SHORT = 60  # characters of a filter in the description


class _List(QListWidget):
    """Return applies, Del deletes, F2 renames, as in a list of files."""

    applied = Signal()
    deleted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing:
            self.applied.emit()
        elif event.key() == Qt.Key.Key_Delete and not editing:
            self.deleted.emit()
        else:
            super().keyPressEvent(event)


class ViewsDialog(QDialog):
    """Lists views; what the person asks for is emitted, and `show_views` shows what came of it.

    `applied`, `deleted` and `default_chosen` carry a name, the last one "" for none; `renamed`
    carries the old and the new one; `restored` a view that was deleted here; `copied` a name and
    the ids of the experiments that get it.
    """

    applied = Signal(str)
    renamed = Signal(str, str)
    deleted = Signal(str)
    restored = Signal(object)
    default_chosen = Signal(str)
    copied = Signal(str, list)

    def __init__(
        self,
        theme: Theme,
        views: Sequence[View],
        default: str,
        experiments: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Views")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(theme.px(520), theme.px(420))
        self._theme = theme
        self._experiments = tuple(experiments)
        self._views: dict[str, View] = {}
        self._default = default
        self._gone: View | None = None
        self.list = _List()
        self.list.setAccessibleName("Views")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.list.applied.connect(self._apply)
        self.list.deleted.connect(self._delete)
        self.list.itemDoubleClicked.connect(self._apply)
        # Later, as the list may be filled anew in answer, and an item still writes to itself.
        self.list.itemChanged.connect(lambda _item: QTimer.singleShot(0, self, self._take_names))
        self.list.currentItemChanged.connect(self._chosen)
        self.about = label("", "small-muted")
        self.about.setWordWrap(True)
        self._said = label("", "text2")
        self._undo = button("Undo", "link", self._restore)
        self._make_buttons()
        self._lay_out()
        theme.changed.connect(self._draw)
        self.show_views(views, default)
        self._say("")

    def show_views(self, views: Sequence[View], default: str) -> None:
        """Show other views, and which of them is the default; the chosen one stays."""
        current = self.name()
        place = self.list.currentRow()
        self._views = {view.name: view for view in views}
        self._default = default
        self.list.blockSignals(True)
        self.list.clear()
        for view in views:
            item = QListWidgetItem(formats.one_line(view.name))
            item.setData(_NAME, view.name)
            item.setSizeHint(QSize(0, self._theme.px(26)))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        names = list(self._views)
        at = names.index(current) if current in self._views else min(place, len(names) - 1)
        self.list.setCurrentRow(max(0, at))
        self.list.blockSignals(False)
        self._draw()
        self._chosen()

    def name(self) -> str:
        """Return the name of the chosen view, "" without one."""
        at = self.list.currentRow()
        return "" if at < 0 else str(self.list.item(at).data(_NAME))

    def _make_buttons(self) -> None:
        self.apply_button = button("Apply", "primary", self._apply)
        self.apply_button.setDefault(True)
        self.rename_button = button("Rename", "", self._rename)
        self.default_button = button("Set as Default", "", self._choose_default)
        self.copy_button = button("Copy To…", "", self._copy)
        self.delete_button = button("Delete", "", self._delete)
        for each in (self.rename_button, self.default_button, self.copy_button, self.delete_button):
            each.setAutoDefault(False)

    def _lay_out(self) -> None:
        px = self._theme.px
        side = QVBoxLayout()
        side.setSpacing(px(8))
        for each in (self.rename_button, self.default_button, self.copy_button, self.delete_button):
            side.addWidget(each)
        side.addStretch(1)
        middle = row(spacing=px(12))
        middle.addWidget(framed(self.list), 1)
        middle.addLayout(side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(px(16),) * 4)
        layout.setSpacing(px(10))
        layout.addLayout(middle, 1)
        layout.addWidget(self.about)
        close = button("Close", "", self.reject)
        layout.addLayout(row(self._said, self._undo, 1, close, self.apply_button))

    def _draw(self) -> None:
        self.list.blockSignals(True)
        for at in range(self.list.count()):
            item = self.list.item(at)
            is_default = item.data(_NAME) == self._default
            star = icons.icon(self._theme, "star" if is_default else "bookmark", "text-2")
            item.setIcon(star)
            said = f"{item.text()}, default" if is_default else item.text()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
        self.list.blockSignals(False)

    def _chosen(self) -> None:
        name = self.name()
        view = self._views.get(name)
        for each in (
            self.apply_button, self.rename_button, self.default_button, self.copy_button,
            self.delete_button,
        ):  # fmt: skip
            each.setEnabled(view is not None)
        self.copy_button.setEnabled(view is not None and bool(self._experiments))
        is_default = bool(name) and name == self._default
        self.default_button.setText("No Default" if is_default else "Set as Default")
        none = "No views yet. View ▸ Save View As… keeps how the table looks now."
        self.about.setText(none if view is None else _described(view, is_default))

    def _apply(self) -> None:
        if self.name():
            self.applied.emit(self.name())
            self.accept()

    def _rename(self) -> None:
        self.list.setFocus()
        self.list.editItem(self.list.currentItem())

    def _take_names(self) -> None:
        """Take over the name that was typed over that of a view."""
        for at in range(self.list.count()):
            item = self.list.item(at)
            old, new = str(item.data(_NAME)), item.text().strip()
            if item.text() == formats.one_line(old):
                continue
            if not new or new in self._views:
                item.setText(formats.one_line(old))
                self._say(f"There is a view {new} already." if new and new != old else "")
            else:
                item.setData(_NAME, new)
                self._say("")
                self.renamed.emit(old, new)
            return

    def _choose_default(self) -> None:
        name = self.name()
        self.default_chosen.emit("" if name == self._default else name)

    def _delete(self) -> None:
        view = self._views.get(self.name())
        if view is not None:
            self._gone = view
            self.deleted.emit(view.name)
            self._say(f"{formats.one_line(view.name)} was deleted.", undo=True)

    def _restore(self) -> None:
        if self._gone is not None:
            self.restored.emit(self._gone)
            self._gone = None
            self._say("")

    def _copy(self) -> None:
        name = self.name()
        dialog = CopyView(self._theme, name, self._experiments, self)
        dialog.chosen.connect(lambda ids: self._copied(name, ids))
        dialog.open()

    def _copied(self, name: str, ids: list[str]) -> None:
        self.copied.emit(name, ids)
        self._say(f"Copied to {formats.counted(len(ids), 'experiment')}.")

    def _say(self, text: str, *, undo: bool = False) -> None:
        self._said.setText(text)
        self._undo.setVisible(undo)


def _described(view: View, is_default: bool) -> str:
    """Say in a line what a view shows."""
    parts = ["The default"] if is_default else []
    parts.append(formats.counted(len(view.columns), "column"))
    if view.sort:
        name, descending = view.sort[0]
        key = titles.decode(name)
        if key is not None:
            parts.append(
                f"sorted by {formats.one_line(titles.title(key))} {'↓' if descending else '↑'}"
            )
    if view.groups:
        parts.append(f"grouped by {formats.counted(len(view.groups), 'column')}")
    if view.filter:
        text = formats.one_line(view.filter)
        parts.append(f"filter {text if len(text) <= _SHORT else f'{text[:_SHORT]}…'}")
    return " · ".join(parts)
