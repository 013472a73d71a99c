"""A bar over a pane that never makes its window wider."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import PanelHeader


class FittingHeader(PanelHeader):
    """Leaves away, in the order of `spare`, what is offered elsewhere as well."""

    def __init__(self, theme: Theme, title: str, height: int) -> None:
        super().__init__(theme, title, height)
        self.spare: Sequence[QWidget] = ()

    def fit(self) -> None:
        """Show what there is room for."""
        for widget in self.spare:
            widget.show()
        for widget in self.spare:
            self.controls.invalidate()
            if self.controls.sizeHint().width() <= self.width():
                return
            widget.hide()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
