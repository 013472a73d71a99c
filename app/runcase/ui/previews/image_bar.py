"""The image controls of the preview bar: zoom, and play and step for animations."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QIntValidator
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from runcase.ui.previews.image_view import ImageView
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton, Segments, label, row
from runcase.ui.zoom import fix

_TIGHTEST = 2
_SCALES = {"1": 1.0, "2": 2.0}


class ImageBar(QWidget):
    """Buttons that drive an `ImageView` and follow it; `paged` carries the page that is wanted."""

    paged = Signal(int)
    sided = Signal(bool)

    def __init__(self, theme: Theme, view: ImageView) -> None:
        super().__init__()
        self._view = view
        self._tight = 0
        self._back = IconButton(theme, "chevron-left", "Previous Frame")
        self._play = IconButton(theme, "play", "Play")
        self._forward = IconButton(theme, "chevron-right", "Next Frame")
        self._frame = label("", "small-muted")
        self._page = QLineEdit()
        fix(theme, self._page, width=44)
        self._page.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._page.setValidator(QIntValidator(1, 1_000_000, self._page))
        self._page.setAccessibleName("Page")
        self._page.setToolTip("Page (PgUp, PgDown, Home, End)")
        self._copy = IconButton(theme, "copy", "Copy Text of Page")
        self._zoom = label("", "small-muted")
        self._segments = Segments(
            [("fit", "Fit"), ("width", "Width"), ("1", "100%"), ("2", "200%")], "Zoom"
        )
        self._smaller = IconButton(theme, "zoom-out", "Zoom Out (−)")
        self._larger = IconButton(theme, "zoom-in", "Zoom In (+)")
        self._side = IconButton(theme, "chart-area", "Histogram, Pixel and File")
        self._side.setCheckable(True)
        layout = row(
            self._copy, self._page, self._frame, self._back, self._play, self._forward,
            self._zoom, self._segments, self._smaller, self._larger, self._side, spacing=4,
        )  # fmt: skip
        layout.insertSpacing(6, 8)
        layout.insertSpacing(8, 4)
        self.setLayout(layout)
        self._back.clicked.connect(self._step_back)
        self._forward.clicked.connect(self._step_forward)
        self._play.clicked.connect(self._toggle)
        self._smaller.clicked.connect(view.zoom_out)
        self._larger.clicked.connect(view.zoom_in)
        self._segments.chosen.connect(self._choose)
        self._side.toggled.connect(self.sided)
        self._page.returnPressed.connect(lambda: view.turn_to(int(self._page.text()) - 1))
        self._page.editingFinished.connect(self.refresh)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(view.text))
        view.paged.connect(self.paged)
        view.zoomed.connect(self.refresh)
        view.played.connect(self.refresh)

    def set_tight(self, tight: int) -> None:
        """Leave out what the wheel and keys do, too: at 1 the choice of zooms, at 2 its buttons."""
        self._tight = tight
        self._segments.setVisible(not tight)
        self.refresh()

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
        paged = not animated and many > 1
        self._page.setVisible(paged)
        self._copy.setVisible(bool(view.text))
        self._segments.show_choice("width", paged)
        # What a page needs takes their room; the wheel, +, − and 2 zoom as well.
        self._segments.show_choice("2", not paged)
        for widget in (self._smaller, self._larger):
            widget.setVisible(not paged and self._tight < _TIGHTEST)
        self._page.setText(str(number + 1))
        self._frame.setText(f"of {many:,}" if paged else f"{number + 1:,} of {many:,}")
        self._play.set_icon("pause" if view.is_playing else "play")
        self._play.setAccessibleName("Pause" if view.is_playing else "Play")
        self._play.setToolTip(self._play.accessibleName())
        self._zoom.setText(f"{view.scale_factor:.0%}")
        if view.fits:
            self._segments.choose("width" if view.fits_width else "fit")
        else:
            at = view.scale_factor
            self._uncheck()
            self._segments.choose(next((each for each in _SCALES if _SCALES[each] == at), ""))
        self.updateGeometry()  # at once: whoever asks for its width does so before the event loop

    def _choose(self, choice: str) -> None:
        if choice == "fit":
            self._view.fit()
        elif choice == "width":
            self._view.fit_width()
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
            self._view.turn_to(self._view.page - 1)
            return
        self._view.pause()
        self._view.step(-1)
        self.refresh()

    def _step_forward(self) -> None:
        if self._view.pages > 1:
            self._view.turn_to(self._view.page + 1)
            return
        self._view.pause()
        self._view.step(1)
        self.refresh()
