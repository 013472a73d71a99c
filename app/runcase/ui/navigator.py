"""The navigator: the tree on the left with counts, live dots and alias chips."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from runcase.itemmodels import navigator as rows
from runcase.itemmodels.navigator import EVERY, NavigatorModel
from runcase.itemmodels.tree import Node
from runcase.ui import icons
from runcase.ui.location import Location, Place
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconLabel, row
from runcase.ui.widgets.chevron_tree import ChevronTree
from runcase.ui.widgets.row_state import row_tint
from runcase.ui.zoom import follow

Index = QModelIndex | QPersistentModelIndex


class _Delegate(QStyledItemDelegate):
    """Paints a row: arrow by the tree, icon, name, then dot, count or chips on the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        section = index.data(rows.KIND_ROLE) == "section"
        return QSize(100, self._theme.px(32 if section and index.row() else 26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(option.rect)
        if index.data(rows.KIND_ROLE) == "section":
            painter.setFont(self._theme.font("caption", QFont.Weight.DemiBold))
            painter.setPen(self._theme.color("muted"))
            area = area.adjusted(2, area.height() - self._theme.px(26), -8, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, index.data())
        else:
            self._ground(painter, option, area)
            self._row(painter, option, index, area)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        """Tint the selected and the hovered row over the whole width of the tree."""
        token = row_tint(option)
        if not token:
            return
        box = QRectF(area)
        box.setLeft(6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(token))
        # The part left of the row belongs to the tree's branches, painted before this.
        painter.setClipping(False)
        painter.drawRoundedRect(box.adjusted(0, 0, -6, 0), 4, 4)

    def _row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, area: QRect
    ) -> None:
        muted = bool(index.data(rows.MUTED_ROLE))
        size = self._theme.px(15)
        icon = index.data(rows.ICON_ROLE) or "file"
        expanded = bool(option.state & QStyle.StateFlag.State_Open)
        if icon == "folder" and expanded:
            icon = "folder-open"
        ratio = painter.device().devicePixelRatio()
        image = icons.pixmap(self._theme, icon, "muted" if muted else "text-2", 15, ratio)
        painter.drawPixmap(area.left() + 2, area.center().y() - size // 2 + 1, image)
        right = self._right_side(painter, index, area)
        text = area.adjusted(size + self._theme.px(9), 0, 0, 0)
        text.setRight(right - 6)
        painter.setFont(self._theme.font())
        painter.setPen(self._theme.color("muted" if muted else "text"))
        shown = QFontMetrics(painter.font()).elidedText(
            index.data(), Qt.TextElideMode.ElideMiddle, text.width()
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, shown)

    def _right_side(self, painter: QPainter, index: Index, area: QRect) -> int:
        """Paint what stands on the right and return where it begins."""
        right = area.right() - 10
        painter.setFont(self._theme.font("caption"))
        count = index.data(rows.COUNT_ROLE)
        if count:
            width = QFontMetrics(painter.font()).horizontalAdvance(count)
            painter.setPen(self._theme.color("muted"))
            box = QRect(right - width, area.top(), width + 1, area.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, count)
            right -= width + 6
        if index.data(rows.LIVE_ROLE):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("success"))
            side = self._theme.px(8)
            top = area.center().y() - self._theme.px(3)
            painter.drawEllipse(QRectF(right - side, top, side, side))
            right -= self._theme.px(14)
        chips = index.data(rows.CHIP_ROLE) or ()
        if chips:
            name = QFontMetrics(self._theme.font()).horizontalAdvance(index.data())
            room = max(area.width() * 2 // 5, area.width() - name - self._theme.px(48))
            right = self._chip(painter, area, right, chips, room)
        return right

    def _chip(
        self, painter: QPainter, area: QRect, right: int, chips: tuple[str, ...], room: int
    ) -> int:
        more = f" +{len(chips) - 1}" if len(chips) > 1 else ""
        painter.setFont(self._theme.font("caption", QFont.Weight.DemiBold))
        metrics = QFontMetrics(painter.font())
        text = metrics.elidedText(chips[0] + more, Qt.TextElideMode.ElideMiddle, max(40, room))
        px = self._theme.px
        width = metrics.horizontalAdvance(text) + px(12)
        box = QRectF(right - width + 2, area.center().y() - px(8), width, px(18))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent-soft"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self._theme.color("accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return round(box.left())


class _Tree(ChevronTree):
    """The navigator's tree; sections do not fold."""

    def has_chevron(self, index: QModelIndex) -> bool:
        return bool(index.data(rows.KIND_ROLE) != "section")


class Navigator(QWidget):
    """The tree and, below it, the paths; `went` carries (Location, in a new window)."""

    went = Signal(object, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigator")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(180)
        follow(theme, self, lambda: self.setMaximumWidth(theme.px(400)))
        self._theme = theme
        self.model = NavigatorModel(parent=self)
        self.tree = _Tree(theme)
        self.tree.setAccessibleName("Navigator")
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(_Delegate(theme, self.tree))
        self.tree.clicked.connect(self._clicked)
        self.tree.activated.connect(self._clicked)
        self.workspaces = QComboBox()
        self.workspaces.setAccessibleName("Workspace")
        self.workspaces.hide()
        self.workspaces.activated.connect(self._switched)
        self._contents: rows.Contents | None = None
        self._database = Elided("", "mono-muted", Qt.TextElideMode.ElideMiddle)
        self._artifacts = Elided("", "mono-muted", Qt.TextElideMode.ElideMiddle)
        foot = QFrame()
        foot_layout = QVBoxLayout(foot)
        foot_layout.setContentsMargins(12, 8, 8, 8)
        foot_layout.setSpacing(3)
        for icon, text in (("database", self._database), ("folder", self._artifacts)):
            line = row(IconLabel(theme, icon, "muted", 13), spacing=6)
            line.addWidget(text, 1)
            foot_layout.addLayout(line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        top = row(self.workspaces, margins=(8, 4, 8, 2))
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        layout.addWidget(foot)

    def show_contents(self, contents: rows.Contents) -> None:
        """List a store's contents; expansion and the selected row stay."""
        self._contents = contents
        contents = self._of_workspace(contents)
        first = self.model.rowCount() == 0
        closed = {node.key for node in self._nodes() if not self.tree.isExpanded(self._at(node))}
        current = self.model.node(self.tree.currentIndex())
        self.model.show(contents)
        for node in self._nodes():
            if node.key == "folder-deleted" and first:
                continue
            self.tree.setExpanded(self._at(node), first or node.key not in closed)
        if current is not None:
            self.tree.setCurrentIndex(self.model.find(current.key))

    def show_workspace(self, workspace: str) -> None:
        """Show another workspace, if there are several."""
        at = self.workspaces.findData(workspace)
        if at >= 0 and at != self.workspaces.currentIndex():
            self.workspaces.setCurrentIndex(at)
            self._switched()

    def show_paths(self, database: str, artifacts: str) -> None:
        """Show where the database and its artifacts lie."""
        self._database.setText(database)
        self._artifacts.setText(artifacts)

    def mark(self, location: Location) -> None:
        """Select the row of a place, without going there."""
        found = [index for index in map(self.model.find, _keys(location)) if index.isValid()]
        if not found:
            self.tree.selectionModel().clear()
            return
        # With what the person holds down, the tree's own way would turn a selected row off.
        selection = QItemSelectionModel.SelectionFlag
        self.tree.selectionModel().setCurrentIndex(
            found[0], selection.ClearAndSelect | selection.Rows
        )
        for index in found[1:]:
            self.tree.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)

    def _chosen_experiments(self, clicked: QModelIndex) -> str:
        """Return the id to go to: those of all selected experiments, or of the clicked one."""
        selected = self.tree.selectionModel().selectedIndexes()
        ids = [
            str(index.data(rows.ID_ROLE))
            for index in selected
            if index.data(rows.KIND_ROLE) == "experiment" and index.data(rows.ID_ROLE) != EVERY
        ]
        clicked_id = str(clicked.data(rows.ID_ROLE))
        if clicked_id == EVERY or clicked_id not in ids:
            return clicked_id
        return ",".join(sorted(ids, key=lambda each: (len(each), each)))

    def _of_workspace(self, contents: rows.Contents) -> rows.Contents:
        """Narrow to the chosen workspace; a store with one of them shows no choice."""
        names = contents.workspaces()
        shown = [self.workspaces.itemData(at) for at in range(self.workspaces.count())]
        if names != shown:
            chosen = self.workspaces.currentData()
            self.workspaces.clear()
            for name in names:
                self.workspaces.addItem(f"Workspace: {name}", name)
            self.workspaces.setCurrentIndex(max(0, self.workspaces.findData(chosen)))
        self.workspaces.setVisible(len(names) > 1)
        if len(names) < 2:
            return contents
        return contents.of_workspace(str(self.workspaces.currentData()))

    def _switched(self) -> None:
        if self._contents is not None:
            self.show_contents(self._contents)

    def _nodes(self) -> list[Node]:
        found = []
        waiting = [QModelIndex()]
        while waiting:
            parent = waiting.pop()
            for at in range(self.model.rowCount(parent)):
                index = self.model.index(at, 0, parent)
                if self.model.rowCount(index):
                    node = self.model.node(index)
                    if node is not None:
                        found.append(node)
                    waiting.append(index)
        return found

    def _at(self, node: Node) -> QModelIndex:
        return self.model.find(node.key)

    def _clicked(self, index: QModelIndex) -> None:
        kind = index.data(rows.KIND_ROLE)
        if kind == "experiment":
            self.went.emit(Location(Place.EXPERIMENT, self._chosen_experiments(index)), False)
        elif kind == "model":
            name, workspace = index.data(rows.ID_ROLE), index.data(rows.WORKSPACE_ROLE)
            self.went.emit(Location(Place.MODEL, name, workspace=workspace), False)
        elif kind == "overview":
            self.went.emit(Location(Place.OVERVIEW), False)
        elif kind == "health":
            self.went.emit(Location(Place.HEALTH), False)
        elif kind == "folder":
            self.tree.setExpanded(index, not self.tree.isExpanded(index))


def _keys(location: Location) -> list[str]:
    match location.place:
        case Place.EXPERIMENT:
            return [f"exp/{each}" for each in location.id.split(",")]
        case Place.MODEL:
            return [f"model/{location.workspace}/{location.id}"]
        case Place.OVERVIEW | Place.HEALTH:
            return [location.place.value]
        case _:
            return []
