"""Two pictures of two runs: the ways to see how they differ, and how many pixels do."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPixmap, qRgb
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyle, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.preview.compare_pixels import PixelDifference, pixel_difference
from runcase.preview.document import Frame, Image
from runcase.progress import Progress
from runcase.ui.context import Context
from runcase.ui.previews.image_view import pixmap_of
from runcase.ui.widgets.basics import Elided, IconButton, Segments, label, line, row
from runcase.ui.widgets.compare_canvas import ImageCanvas, ImageMode

_MODES = (
    (ImageMode.SIDE, "Side by Side"),
    (ImageMode.SLIDER, "Slider"),
    (ImageMode.BLINK, "Blink"),
    (ImageMode.DIFFERENCE, "Difference"),
)
_SPEEDS = ((250, "4 times a second"), (500, "twice a second"), (1000, "every second"),
           (2000, "every 2 seconds"))  # fmt: skip
_GAINS = ((0, "Amplified to see"), (1, "As it is"), (4, "× 4"), (16, "× 16"), (64, "× 64"))
_LEVELS = 255
_LEAST_SHARE = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    found: PixelDifference
    values: QImage


class CompareImages(QWidget):
    """Shows two `Image` documents; the window decodes nothing, and subtracts in a job."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._images: tuple[Image, Image] | None = None
        self._values = QImage()
        self._largest = 0
        theme = context.theme
        self.canvas = ImageCanvas(theme)
        self.modes = Segments([(mode.value, text) for mode, text in _MODES], "Way to compare")
        self.speed = _choice("Blink speed", _SPEEDS)
        self.speed.setCurrentIndex(1)
        self.blinks = QCheckBox("Blink by Itself")
        self.blinks.setToolTip("Space shows the other picture")
        self.gain = _choice("Amplification", _GAINS)
        self.stretch = QCheckBox("Scale Right to Left")
        self.stretch.setToolTip("Scale the right picture to the size of the left one")
        self.facts = Elided("", "small-muted")
        self.shown = label("", "small")
        self._zoom = label("", "small-muted")
        smaller = IconButton(theme, "zoom-out", "Zoom Out (−)", side=24)
        larger = IconButton(theme, "zoom-in", "Zoom In (+)", side=24)
        whole = IconButton(theme, "maximize-2", "Fit (0)", side=24)
        bar = QWidget()
        tools = row(
            self.modes, self.blinks, self.speed, self.gain, self.stretch, self.shown,
            self.facts, self._zoom, smaller, larger, whole, margins=(10, 4, 10, 4),
        )  # fmt: skip
        tools.setStretchFactor(self.facts, 1)
        bar.setLayout(tools)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(line())
        layout.addWidget(self.canvas, 1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.flip)
        # Who wants no motion starts the blinking, or flips by hand.
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        self.blinks.setChecked(self.style().styleHint(hint, None, self) > 0)
        self.modes.chosen.connect(lambda mode: self.set_mode(ImageMode(mode)))
        self.speed.activated.connect(self._run)
        self.blinks.clicked.connect(self._run)
        self.gain.activated.connect(self._amplify)
        self.stretch.clicked.connect(self._compare)
        smaller.clicked.connect(lambda: self.canvas.zoom_by(-1))
        larger.clicked.connect(lambda: self.canvas.zoom_by(1))
        whole.clicked.connect(self.canvas.fit)
        self.canvas.zoomed.connect(lambda scale: self._zoom.setText(f"{scale:.0%}"))
        self.canvas.flipped.connect(self.flip)
        self.set_mode(ImageMode.SIDE)

    @property
    def is_blinking(self) -> bool:
        """Say whether the pictures change by themselves now."""
        return self._timer.isActive()

    def show_images(self, left: Image, right: Image) -> None:
        """Show two pictures, in the way and at the zoom of those before."""
        before = self._images
        self._images = left, right
        alike = (left.width, left.height) == (right.width, right.height)
        self.stretch.setVisible(not alike)
        self.canvas.setAccessibleDescription(f"{_size(left)} beside {_size(right)}")
        keep = before is not None and _size(before[0]) == _size(left)
        self.canvas.show_images(*(pixmap_of(each.frames[0]) for each in (left, right)), keep=keep)
        self._compare()
        self._run()

    def set_mode(self, mode: ImageMode) -> None:
        """Lay the pictures out in another way."""
        self.modes.choose(mode.value)
        self.canvas.set_mode(mode)
        for widget in (self.speed, self.blinks, self.shown):
            widget.setVisible(mode is ImageMode.BLINK)
        self.gain.setVisible(mode is ImageMode.DIFFERENCE)
        self._run()

    def flip(self) -> None:
        """Show the other picture, where they are shown in turn."""
        self.canvas.set_shows_right(not self.canvas.shows_right)
        self.shown.setText("right" if self.canvas.shows_right else "left")

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def showEvent(self, event: object) -> None:
        self._run()

    def _run(self) -> None:
        """Let the pictures take turns where that is wanted, and hold them where not."""
        wanted = self.canvas.mode is ImageMode.BLINK and self.blinks.isChecked()
        self.speed.setEnabled(self.blinks.isChecked())
        self.shown.setText("right" if self.canvas.shows_right else "left")
        if wanted and self.isVisible() and self._images is not None:
            self._timer.start(int(self.speed.currentData()))
        else:
            self._timer.stop()

    def _compare(self) -> None:
        if self._images is None:
            return
        left, right = (each.frames[0] for each in self._images)
        stretch = self.stretch.isVisibleTo(self) and self.stretch.isChecked()
        self.facts.setText("Comparing pixels …")

        def work(_progress: Progress) -> _Compared:
            other = _scaled(right, left) if stretch else right
            found = pixel_difference(left, other)
            high, wide = found.values.shape
            form = QImage.Format.Format_Indexed8
            return _Compared(found, QImage(found.values.data, wide, high, wide, form).copy())

        self._context.jobs.submit(
            work, owner=self, then=self._show, failed=None, key="pixels", lane="files"
        )

    def _show(self, compared: _Compared) -> None:
        found = compared.found
        self._values, self._largest = compared.values, found.largest
        self.facts.setText(self._said(found))
        self._amplify()

    def _said(self, found: PixelDifference) -> str:
        """Say how many pixels differ and by how much, and what was done about the sizes."""
        if self._images is None:
            return ""
        left, right = self._images
        if not found.differing:
            said = "All pixels are the same"
        else:
            share = _percent(found.differing / max(1, found.compared))
            of = f"{formats.count(found.differing)} of {formats.counted(found.compared, 'pixel')}"
            said = f"{of} differ ({share}), by {found.largest} at most"
        notes = []
        if (left.width, left.height) != (right.width, right.height):
            scaled = self.stretch.isChecked()
            how = "scaled to the left one" if scaled else "laid at the top left corner"
            notes.append(f"{_size(left)} and {_size(right)}, {how}")
        if any(_is_smaller(each) for each in self._images):
            notes.append("scaled-down copies")
        if any(each.frame_count > 1 for each in self._images):
            notes.append("first frames")
        return "; ".join([*notes, said])

    def _amplify(self) -> None:
        """Colour the difference: black where the pictures are the same, lighter with distance."""
        if self._values.isNull():
            return
        gain = int(self.gain.currentData()) or _LEVELS / max(1, self._largest)
        levels = [min(_LEVELS, round(value * gain)) for value in range(_LEVELS + 1)]
        self._values.setColorTable([qRgb(level, level, level) for level in levels])
        self.canvas.show_difference(QPixmap.fromImage(self._values))


def _choice(name: str, choices: tuple[tuple[int, str], ...]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for value, text in choices:
        made.addItem(text, value)
    return made


def _scaled(frame: Frame, like: Frame) -> Frame:
    """Return a picture scaled to the size of another; on a worker thread."""
    if not frame.is_honest or not like.is_honest:
        return frame
    form = QImage.Format.Format_RGBA8888
    image = QImage(frame.pixels, frame.width, frame.height, 4 * frame.width, form)
    made = image.scaled(like.width, like.height).convertToFormat(form)
    pixels = bytes(made.constBits())
    return replace(frame, width=like.width, height=like.height, pixels=pixels)


def _percent(share: float) -> str:
    """Write a share so that neither few pixels become none, nor most of them all."""
    if 0 < share < _LEAST_SHARE:
        return f"under {_LEAST_SHARE:.1%}"
    return f"{min(share, 1 - _LEAST_SHARE) if share < 1 else share:.1%}"


def _is_smaller(image: Image) -> bool:
    """Say whether the worker scaled a picture down."""
    return image.format != "SVG" and image.frames[0].width < image.width


def _size(image: Image) -> str:
    return f"{image.width:,} × {image.height:,}"
