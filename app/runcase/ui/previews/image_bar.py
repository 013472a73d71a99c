"""The image controls of the preview bar: zoom, and play and step for animations."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from runcase.ui.previews.image_view import ImageView
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton, Segments, label, row

_SCALES = {"1": 1.0, "2": 2.0}


class ImageBar(QWidget):
    """Buttons that drive an `ImageView` and follow it; `paged` carries the page that is wanted."""

    paged = Signal(int)
    sided = Signal(bool)

    def __init__(self, theme: Theme, view: ImageView) -> None:
        super().__init__()
        self._view = view
        self._back = IconButton(theme, "chevron-left", "Previous Frame")
        self._play = IconButton(theme, "play", "Play")
        self._forward = IconButton(theme, "chevron-right", "Next Frame")
        self._frame = label("", "small-muted")
        self._zoom = label("", "small-muted")
        self._segments = Segments([("fit", "Fit"), ("1", "100%"), ("2", "200%")], "Zoom")
        smaller = IconButton(theme, "zoom-out", "Zoom Out (−)")
        larger = IconButton(theme, "zoom-in", "Zoom In (+)")
        self._side = IconButton(theme, "chart-area", "Histogram, Pixel and File")
        self._side.setCheckable(True)
        layout = row(
            self._frame, self._back, self._play, self._forward,
            self._zoom, self._segments, smaller, larger, self._side, spacing=4,
        )  # fmt: skip
        layout.insertSpacing(4, 8)
        layout.insertSpacing(6, 4)
        self.setLayout(layout)
        self._back.clicked.connect(self._step_back)
        self._forward.clicked.connect(self._step_forward)
        self._play.clicked.connect(self._toggle)
        smaller.clicked.connect(view.zoom_out)
        larger.clicked.connect(view.zoom_in)
        self._segments.chosen.connect(self._choose)
        self._side.toggled.connect(self.sided)
        view.zoomed.connect(self.refresh)
        view.played.connect(self.refresh)

    def refresh(self) -> None:
        """Show the view's zoom and frame."""
        view = self._view
        animated = view.frames > 1
        for widget in (self._back, self._forward, self._frame):
            widget.setVisible(animated or view.pages > 1)
        self._play.setVisible(animated)
        kind = "Frame" if animated else "Page"
        for button_, word in ((self._back, "Previous"), (self._forward, "Next")):
            button_.setAccessibleName(f"{word} {kind}")
            button_.setToolTip(f"{word} {kind}")
        number, many = (view.frame_number, view.frames) if animated else (view.page, view.pages)
        self._frame.setText(f"{number + 1:,} of {many:,}")
        self._play.set_icon("pause" if view.is_playing else "play")
        self._play.setAccessibleName("Pause" if view.is_playing else "Play")
        self._play.setToolTip(self._play.accessibleName())
        self._zoom.setText(f"{view.scale_factor:.0%}")
        if view.fits:
            self._segments.choose("fit")
        else:
            at = view.scale_factor
            self._uncheck()
            self._segments.choose(next((each for each in _SCALES if _SCALES[each] == at), ""))

    def _choose(self, choice: str) -> None:
        if choice == "fit":
            self._view.fit()
        else:
            self._view.zoom_to(_SCALES[choice])

    def _uncheck(self) -> None:
        """Choose none of the segments: at 137 % none is true."""
        group = self._segments.findChild(QButtonGroup)
        checked = group.checkedButton() if group is not None else None
        if group is not None and checked is not None:
            group.setExclusive(False)
            checked.setChecked(False)
            group.setExclusive(True)

    def _toggle(self) -> None:
        if self._view.is_playing:
            self._view.pause()
        else:
            self._view.play()

    def _step_back(self) -> None:
        if self._view.pages > 1:
            self.paged.emit(max(0, self._view.page - 1))
            return
        self._view.pause()
        self._view.step(-1)
        self.refresh()

    def _step_forward(self) -> None:
        if self._view.pages > 1:
            self.paged.emit(min(self._view.pages - 1, self._view.page + 1))
            return
        self._view.pause()
        self._view.step(1)
        self.refresh()
