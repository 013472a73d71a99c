"""The list of a run's files: filter, kinds and order over the tree, totals below it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from runcase.itemmodels import artifacts as rows
from runcase.itemmodels import formats
from runcase.itemmodels.artifact_kinds import FileKind
from runcase.itemmodels.artifacts import ArtifactGroup, ArtifactModel, Built, Narrowing, Order
from runcase.store.records import ArtifactFolder
from runcase.ui.context import Context
from runcase.ui.theme import Theme
from runcase.ui.widgets.artifact_delegate import ArtifactDelegate
from runcase.ui.widgets.basics import Elided, IconButton, IconLabel, SearchField, button, label, row
from runcase.ui.widgets.chevron_tree import ChevronTree
from runcase.ui.widgets.state_page import StatePage
from runcase.ui.zoom import fix, follow

_BARS_FROM, _WORDS_FROM = 280, 240
_LONG_LIST = 1_000
# So many rows are built beside the window: 10,000 take 40 ms.
_BESIDE = 10_000
_ORDERS = (
    (Order.NAME, "Name"),
    (Order.SIZE, "Size"),
    (Order.KIND, "Kind"),
    (Order.TIME, "Modified"),
)
# The order in which a person wants to see it first.
_LARGEST_FIRST = frozenset({Order.SIZE, Order.TIME})


class ArtifactTree(ChevronTree):
    """The rows; several may be chosen, and dragged to other programs."""

    looked = Signal()
    opened = Signal()

    def __init__(self, theme: Theme, model: ArtifactModel) -> None:
        super().__init__(theme)
        self.setAccessibleName("Artifacts")
        self.setModel(model)
        self.setItemDelegate(ArtifactDelegate(theme, self))
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        header.setSectionResizeMode(1, header.ResizeMode.Fixed)
        self._px = theme.px
        follow(theme, self, self._divide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._divide()
        super().resizeEvent(event)

    def _divide(self) -> None:
        """Leave the names the room of the bars where there is little."""
        roomy = self.width() >= self._px(_BARS_FROM)
        self.setColumnWidth(1, self._px(112 if roomy else 72))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.looked.emit()
        else:
            super().keyPressEvent(event)

    def chosen(self) -> list[QModelIndex]:
        """Return the chosen rows from top to bottom."""
        found = self.selectionModel().selectedRows()
        return sorted(found, key=lambda index: self.visualRect(index).top())

    def step(self, by: int) -> bool:
        """Go to the next or previous file, through folders that are folded too."""
        model = self.model()
        if not isinstance(model, ArtifactModel):
            return False
        files = model.files()
        current = self.currentIndex()
        if current in files:
            at = files.index(current) + by
        else:
            inside = model.files(current) if current.isValid() else files
            at = files.index(inside[0]) if inside else -1
        if not 0 <= at < len(files):
            return False
        self.setCurrentIndex(files[at])
        self.scrollTo(files[at])
        return True


class ArtifactList(QWidget):
    """The tree with its bars; `narrowed` carries the words of the filter, once typed here.

    `rebuilt` says that other rows are shown.
    """

    rebuilt = Signal()
    narrowed = Signal(str)
    current_changed = Signal(QModelIndex)
    stopped = Signal()
    sheet_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surface")
        follow(context.theme, self, lambda: self.setMinimumWidth(context.theme.px(210)))
        self._context, self._theme = context, context.theme
        self._built = Built([], 0, 0)
        self._groups: Sequence[ArtifactGroup] = ()
        self._kinds: frozenset[FileKind] = frozenset()
        self._order, self._descending = Order.NAME, False
        self._fresh = True
        self.model = ArtifactModel(self)
        self.tree = ArtifactTree(self._theme, self.model)
        self.tree.selectionModel().currentRowChanged.connect(self.current_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_bar())
        self._none = StatePage(self._theme)
        self._none.show_state(
            "search", "No file matches this filter", "", ("Show All Files", self._drop_filter)
        )
        self._views = QStackedWidget()
        self._views.addWidget(self.tree)
        self._views.addWidget(self._none)
        layout.addWidget(self._views, 1)
        layout.addWidget(self._make_foot())

    @property
    def narrowing(self) -> Narrowing:
        """Return what of the files is shown."""
        return Narrowing(tuple(self.field.text().split()), self._kinds)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._found.setVisible(self.width() >= self._theme.px(_WORDS_FROM))
        self._foot.activate()

    def show_groups(self, groups: Sequence[ArtifactGroup], fresh: bool) -> None:
        """Show files; unless `fresh`, what is unfolded and current stays so."""
        self._groups = groups
        self._fresh |= fresh
        self._rebuild()

    def show_all(self) -> None:
        """Narrow nothing any more."""
        self._kinds = frozenset()
        self._kinds_button.setChecked(False)
        self.field.clear()  # which shows all, and says so, if there was a text
        self._rebuild()

    def clear(self) -> None:
        """Show no files until others come."""
        self._groups, self._fresh = (), True
        self.model.set_roots([])

    def find_words(self, text: str) -> None:
        """Show only files whose path holds every word."""
        if text != self.field.text():
            blocked = self.field.blockSignals(True)
            self.field.setText(text)
            self.field.blockSignals(blocked)
            self._rebuild(unfold=bool(text))

    def show_place(self, place: ArtifactFolder) -> None:
        """Say below the tree what there is, and where it was found."""
        self._stop.hide()
        if place.folder is None:
            self._found_icon.set_icon("folder-x", "warn")
            self._found.setText("not found")
            self._total.setText(place.reason)
            return
        self._found_icon.set_icon("folder-check", "success")
        self._found.setText("found on disk")
        tip = f"found by: {place.step}\nstored: {place.uri}\nhere: {place.folder}"
        self._found.setToolTip(tip)
        self._found_icon.setToolTip(tip)
        self._total.setText(self.total())

    def show_listing(self, stoppable: bool) -> None:
        """Say that files are still being listed."""
        self._total.setText(f"{self.total()} so far …")
        self._stop.setVisible(stoppable)

    def total(self) -> str:
        """Return how many files are shown, of how many, and what they weigh."""
        every = rows.totals(self._groups)
        if not self.narrowing:
            return every
        size = formats.size(self._built.bytes)
        return f"{self._built.files:,} of {every.partition(',')[0]}, {size}"

    def expand_all(self) -> None:
        """Unfold every folder."""
        self.tree.expandAll()

    def collapse_all(self) -> None:
        """Fold every folder."""
        self.tree.collapseAll()

    def _make_bar(self) -> QFrame:
        self.field = SearchField(self._theme, "search")
        self.field.setPlaceholderText("Filter files")
        self.field.setAccessibleName("Filter files")
        self.field.textChanged.connect(self._typed)
        self._kinds_button = IconButton(self._theme, "list-filter", "Kinds of Files")
        self._kinds_button.setCheckable(True)
        self._kinds_button.clicked.connect(self._ask_kinds)
        self._sort = IconButton(self._theme, "arrow-down-wide-narrow", "Sort Files")
        self._sort.clicked.connect(self._ask_order)
        sheet = IconButton(self._theme, "layout-grid", "Contact Sheet")
        sheet.setToolTip("Contact Sheet  G")
        sheet.clicked.connect(self.sheet_wanted)
        self._unfold = IconButton(self._theme, "unfold-vertical", "Expand or Collapse All")
        self._unfold.clicked.connect(self._fold_or_unfold)
        bar = QFrame()
        bar.setObjectName("panelHeader")
        fix(self._theme, bar, height=38)
        line = row(margins=(8, 0, 6, 0), spacing=2)
        line.addWidget(self.field, 1)
        for each in (self._kinds_button, self._sort, sheet, self._unfold):
            line.addWidget(each)
        bar.setLayout(line)
        return bar

    def _make_foot(self) -> QFrame:
        self._total = Elided("", "small-muted", Qt.TextElideMode.ElideMiddle)
        self._stop = button("Stop", "quiet", self.stopped.emit)
        self._stop.hide()
        self._found_icon = IconLabel(self._theme, "folder-check", "success", 15)
        self._found = label("", "small-muted")
        foot = QFrame()
        foot.setObjectName("panelHeader")
        line = row(margins=(10, 6, 10, 6), spacing=6)
        line.addWidget(self._total, 1)
        for each in (self._stop, self._found_icon, self._found):
            line.addWidget(each)
        foot.setLayout(line)
        self._foot = line
        return foot

    def _typed(self, text: str) -> None:
        self._rebuild(unfold=bool(text))
        self.narrowed.emit(text)

    def _ask_kinds(self) -> None:
        """Offer the kinds that there are, with their counts."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind, count in rows.kinds_in(self._groups).items():
            action = menu.addAction(f"{kind.value}\t{count:,}")
            action.setCheckable(True)
            action.setChecked(kind in self._kinds)
            action.toggled.connect(lambda on, kind=kind: self._toggle_kind(kind, on))
        menu.addSeparator()
        every = menu.addAction("All Kinds")
        every.setEnabled(bool(self._kinds))
        every.triggered.connect(lambda: self.set_kinds(frozenset()))
        self._kinds_button.setChecked(bool(self._kinds))
        menu.popup(_below(self._kinds_button))

    def _toggle_kind(self, kind: FileKind, on: bool) -> None:
        self.set_kinds(self._kinds | {kind} if on else self._kinds - {kind})

    def set_kinds(self, kinds: frozenset[FileKind]) -> None:
        """Show files of these kinds only; none means all."""
        self._kinds = kinds
        self._kinds_button.setChecked(bool(kinds))
        self._rebuild(unfold=bool(kinds))

    def _ask_order(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for order, text in _ORDERS:
            action = QAction(text, menu, checkable=True, checked=order is self._order)
            action.triggered.connect(lambda _on, order=order: self.set_order(order))
            group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        turned = menu.addAction("Descending")
        turned.setCheckable(True)
        turned.setChecked(self._descending)
        turned.toggled.connect(lambda on: self.set_order(self._order, on))
        menu.popup(_below(self._sort))

    def set_order(self, order: Order, descending: bool | None = None) -> None:
        """Order the rows within each folder; sizes and times begin with the largest."""
        self._order = order
        self._descending = order in _LARGEST_FIRST if descending is None else descending
        self._rebuild()

    def _fold_or_unfold(self) -> None:
        tops = [self.model.index(row_, 0) for row_ in range(self.model.rowCount())]
        if any(self.tree.isExpanded(each) for each in tops):
            self.tree.collapseAll()
        else:
            self.tree.expandAll()

    def _rebuild(self, unfold: bool = False) -> None:
        groups = self._groups
        work = partial(rows.built, groups, self.narrowing, self._order, self._descending)
        if sum(len(each.entries) for each in groups) < _BESIDE:
            self._show(groups, unfold, work())
            return
        self._context.jobs.submit(
            lambda _progress: work(),
            owner=self,
            then=partial(self._show, groups, unfold),
            key="rows",
        )

    def _show(self, groups: Sequence[ArtifactGroup], unfold: bool, built: Built) -> None:
        folded, current = self._state()
        self._built = built
        self.model.put(groups, built)
        self._total.setText(self.total())
        if unfold:
            self.tree.expandAll()
        elif self._fresh:
            files = sum(not each.is_dir for group in groups for each in group.entries)
            self.tree.expandToDepth(1 if files < _LONG_LIST else 0)
            self._fresh = not groups
        else:
            self._restore(folded)
        index = self.model.find(current)
        if index.isValid() and index != self.tree.currentIndex():
            # The same row as before: nobody chose another file.
            blocked = self.blockSignals(True)
            self.tree.setCurrentIndex(index)
            self.blockSignals(blocked)
        nothing = bool(self.narrowing and groups and not built.files)
        self._views.setCurrentWidget(self._none if nothing else self.tree)
        self.rebuilt.emit()

    def _drop_filter(self) -> None:
        self.show_all()
        self.tree.setFocus()

    def _state(self) -> tuple[set[str], str]:
        """Return the keys of the folders that are folded, and of the current row."""
        node = self.model.node(self.tree.currentIndex())
        folded = set()
        for index in self.model.folders():
            found = self.model.node(index)
            if found is not None and not self.tree.isExpanded(index):
                folded.add(found.key)
        return folded, node.key if node is not None else ""

    def _restore(self, folded: set[str]) -> None:
        for index in self.model.folders():
            node = self.model.node(index)
            if node is not None:
                self.tree.setExpanded(index, node.key not in folded)


def _below(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(QPoint(0, widget.height()))
