"""A table in two views: one scrolls, and one over its left edge has what is always in sight."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableView,
)


def set_up(
    view: QTableView,
    header: QHeaderView,
    model: QAbstractItemModel,
    delegate: QAbstractItemDelegate,
) -> None:
    """Make one of the two views a table of rows that scrolls by pixels and edits nothing."""
    view.setModel(model)
    view.setItemDelegate(delegate)
    view.setHorizontalHeader(header)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setTabKeyNavigation(False)


def join(view: QTableView, frozen: QTableView) -> None:
    """Have both views select alike and scroll down together."""
    view.setCornerButtonEnabled(False)
    frozen.setSelectionModel(view.selectionModel())
    frozen.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    frozen.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    frozen.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.verticalScrollBar().valueChanged.connect(frozen.verticalScrollBar().setValue)
    frozen.verticalScrollBar().valueChanged.connect(view.verticalScrollBar().setValue)


def place(view: QTableView, frozen: QTableView, width: int) -> None:
    """Lay the frozen view over the left edge of the other one, at the same height."""
    height = view.horizontalHeader().height()
    frozen.setGeometry(0, 0, width, height + view.viewport().height())
    frozen.raise_()  # over the header, which was made after it
    frozen.horizontalHeader().setFixedHeight(height)
    bar, mine = frozen.verticalScrollBar(), view.verticalScrollBar()
    bar.setRange(mine.minimum(), mine.maximum())
    bar.setValue(mine.value())


def uncover(view: QTableView, frozen: QTableView, column: int) -> None:
    """Scroll sideways so far that a column is not hidden by the frozen view."""
    covered = frozen.width() - view.columnViewportPosition(column)
    if covered > 0:
        bar = view.horizontalScrollBar()
        bar.setValue(bar.value() - covered)
