"""One preview, or two beside each other: one is pinned, the other shows what is chosen next."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QSplitter, QWidget

from runcase.ui.context import Context
from runcase.ui.previews.image_view import ImageView
from runcase.ui.widgets.preview_pane import PreviewPane


class PreviewPanes(QSplitter):
    """The pane on the right is the one that shows what is chosen.

    `asked` carries an action id and the path of the file that it is asked for.
    """

    asked = Signal(str, object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self.pane = PreviewPane(context, beside=True)
        self.pinned: PreviewPane | None = None
        self._shown: tuple[Path, str] | None = None
        self._whose = ""
        self._in_step = False
        self.setChildrenCollapsible(False)
        self.addWidget(self.pane)
        self.pane.tools.asked.connect(lambda id_: self.asked.emit(id_, self.pane.path))
        self.pane.shown.connect(self._link)

    @property
    def is_pinned(self) -> bool:
        """Say whether a preview is kept beside the other."""
        return self.pinned is not None and not self.pinned.isHidden()

    def show_artifact(self, folder: Path, relative: str, whose: str) -> None:
        """Preview a file; `whose` names its run, for when it stays beside another run's."""
        self._shown, self._whose = (folder, relative), whose
        self.pane.show_artifact(folder, relative)

    def pin(self) -> None:
        """Keep what is shown on the left, or let it go again."""
        if self.is_pinned and self.pinned is not None:
            self.pinned.clear()
            self.pinned.hide()
        elif self._shown is not None:
            pinned = self._second()
            pinned.show()
            pinned.show_artifact(*self._shown, self._whose)
            half = max(1, self.width() // 2)
            self.setSizes([half, half])
        for pane in (self.pane, self.pinned):
            if pane is not None:
                pane.tools.pin.setChecked(self.is_pinned)

    def step_along(self) -> list[tuple[QAbstractScrollArea, QAbstractScrollArea]]:
        """Return the views that scroll and zoom together: the same kind in both panes."""
        if not self.is_pinned or self.pinned is None:
            return []
        left, right = _main_view(self.pinned), _main_view(self.pane)
        return [(left, right)] if left and right and type(left) is type(right) else []

    def _second(self) -> PreviewPane:
        if self.pinned is None:
            made = self.pinned = PreviewPane(self._context, beside=True)
            made.tools.details.hide()
            made.tools.asked.connect(lambda id_: self.asked.emit(id_, made.path))
            made.shown.connect(self._link)
            self.insertWidget(0, made)
        return self.pinned

    def _link(self) -> None:
        """Let the views of both panes follow each other from now on."""
        for pane in (self.pane, self.pinned):
            view = _main_view(pane) if pane is not None else None
            if view is None or view.property("linked"):
                continue
            view.setProperty("linked", True)
            for bar in (view.verticalScrollBar(), view.horizontalScrollBar()):
                bar.valueChanged.connect(self._scrolled)
            if isinstance(view, ImageView):
                view.zoomed.connect(self._zoomed)

    def _zoomed(self, scale: float) -> None:
        sender = self.sender()
        for pair in self.step_along():
            if sender not in pair or self._in_step:
                continue
            other = pair[1] if sender is pair[0] else pair[0]
            own = pair[0] if sender is pair[0] else pair[1]
            if isinstance(other, ImageView) and isinstance(own, ImageView):
                self._in_step = True
                if own.fits:
                    other.fit()
                else:
                    other.zoom_to(scale)
                self._in_step = False

    def _scrolled(self) -> None:
        sender = self.sender()
        for left, right in self.step_along():
            for one, other in ((left, right), (right, left)):
                for bar, twin in (
                    (one.verticalScrollBar(), other.verticalScrollBar()),
                    (one.horizontalScrollBar(), other.horizontalScrollBar()),
                ):
                    if sender is bar and not self._in_step:
                        self._in_step = True
                        twin.setValue(bar.value())
                        self._in_step = False


def _main_view(pane: PreviewPane) -> QAbstractScrollArea | None:
    """Return the largest view on the screen: the picture, text or table itself."""
    shown = [each for each in pane.findChildren(QAbstractScrollArea) if each.isVisible()]
    return max(shown, key=lambda each: each.width() * each.height(), default=None)
