"""Keeps the sizes of widgets in step with the zoom: lengths are said in pixels at zoom 1."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QSplitter, QTableView, QWidget

from runcase.ui.theme import Theme


class _Follower(QObject):
    """A child of what it sizes, so that it ends with it."""

    def __init__(self, theme: Theme, owner: QObject, fit: Callable[[], object]) -> None:
        super().__init__(owner)
        self._fit = fit
        theme.changed.connect(self._follow)

    def _follow(self) -> None:
        self._fit()


def follow(theme: Theme, owner: QObject, fit: Callable[[], object]) -> None:
    """Call `fit` now and whenever the theme or the zoom changes, for as long as `owner` lives."""
    _Follower(theme, owner, fit)
    fit()


def follow_rows(theme: Theme, table: QTableView, height: int) -> None:
    """Keep the rows of a table, and its titles, of one height."""

    def fit() -> None:
        table.verticalHeader().setDefaultSectionSize(theme.px(height))
        table.horizontalHeader().setFixedHeight(theme.px(height))

    follow(theme, table, fit)


def follow_sides(theme: Theme, splitter: QSplitter, middle: int) -> None:
    """Keep the panes of a splitter as wide as they are beside their texts; one takes the rest."""
    zoom = theme.zoom

    def fit() -> None:
        nonlocal zoom
        by, zoom = theme.zoom / zoom, theme.zoom
        if by != 1 and splitter.orientation() is Qt.Orientation.Horizontal:
            sizes = [round(each * by) for each in splitter.sizes()]
            sizes[middle] = 0
            sizes[middle] = max(0, sum(splitter.sizes()) - sum(sizes))
            splitter.setSizes(sizes)

    follow(theme, splitter, fit)


def fix(theme: Theme, widget: QWidget, *, width: int = 0, height: int = 0, icon: int = 0) -> None:
    """Keep a widget's width and height fixed and its icon of one size; 0 leaves one alone."""

    def fit() -> None:
        if width:
            widget.setFixedWidth(theme.target(width))
        if height:
            widget.setFixedHeight(theme.target(height))
        if icon and isinstance(widget, QAbstractButton):
            widget.setIconSize(QSize(theme.px(icon), theme.px(icon)))

    follow(theme, widget, fit)
