"""Sound and video: what their headers say, and a player that starts when Play is pressed."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, QUrl
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QSlider, QVBoxLayout, QWidget

from runcase.preview.facts import Facts
from runcase.preview.media import HEADERS_ONLY
from runcase.ui.allow_list import AllowList
from runcase.ui.previews.facts_view import FactsView
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconButton, label, row
from runcase.ui.zoom import fix

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame

_FORMS = (" sound", " video", " media")
_HEIGHT = 36
_VOLUME = 80


def available() -> bool:
    """Say whether QtMultimedia is installed, without loading it."""
    return importlib.util.find_spec("PySide6.QtMultimedia") is not None


def clock(ms: int) -> str:
    """Return a place in a recording as 1:02, or 1:01:02."""
    minutes, seconds = divmod(max(0, ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class MediaView(QWidget):
    """A picture once there is one, a bar with Play, place and volume, and the file's facts."""

    def __init__(self, theme: Theme, allowed: AllowList | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._path = ""
        self._player: QMediaPlayer | None = None
        self._note = ""
        self._screen = _Screen(theme)
        self._facts = FactsView(theme, allowed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._screen, 3)
        layout.addWidget(self._build_bar())
        layout.addWidget(self._facts, 2)
        self._screen.hide()

    @property
    def note(self) -> str:
        """Return what is said of the file beside its facts."""
        return self._note

    def show_document(self, document: Facts, path: str) -> None:
        """Show a file's facts; nothing of it is decoded yet. Only a file of its own plays."""
        self.rest()
        playable = bool(path) and document.format.endswith(_FORMS) and available()
        self._path = path if playable else ""
        self._bar.setVisible(playable)
        self._note = document.note.replace(HEADERS_ONLY, "").strip() if playable else document.note
        if playable:
            self._facts.show_document(document, "Its headers were read. Play opens it.")
        else:
            self._facts.show_document(document)

    def facts(self) -> str:
        """Return what the header says of the file."""
        return self._facts.facts()

    def rest(self) -> None:
        """Stop and let go of the file."""
        player, self._player = self._player, None
        if player is not None:
            player.stop()
            player.setSource(QUrl())
            player.deleteLater()
        self._screen.hide()
        self._screen.show_picture(QImage())
        self._said.setText("")
        self._slider.setRange(0, 0)
        self._time.setText("")
        self._play.set_icon("play")
        self._name_play("Play")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._player is not None:
            self._player.pause()

    def _toggle(self) -> None:
        player = self._player or self._load()
        if player is None:
            return
        if player.isPlaying():
            player.pause()
        else:
            player.play()

    def _load(self) -> QMediaPlayer | None:
        """Open the file; QtMultimedia is loaded here, at the first Play."""
        try:
            multimedia = importlib.import_module("PySide6.QtMultimedia")
        except ImportError as error:
            self._said.setText(f"QtMultimedia could not be loaded: {error}.")
            return None
        player: QMediaPlayer = multimedia.QMediaPlayer(self)
        output = multimedia.QAudioOutput(player)
        sink = multimedia.QVideoSink(player)
        for each in (player, output, sink):
            _settle(each)
        player.setAudioOutput(output)
        player.setVideoSink(sink)
        player.durationChanged.connect(self._measured)
        player.positionChanged.connect(self._moved)
        player.playingChanged.connect(self._played)
        player.errorOccurred.connect(self._failed)
        sink.videoFrameChanged.connect(self._draw)
        self._player = player
        self._set_volume(self._volume.value())
        player.setSource(QUrl.fromLocalFile(self._path))
        return player

    def _measured(self, ms: int) -> None:
        self._slider.setRange(0, ms)
        self._moved(self._player.position() if self._player is not None else 0)

    def _moved(self, ms: int) -> None:
        if not self._slider.isSliderDown():
            self._slider.setValue(ms)
        self._time.setText(f"{clock(ms)} / {clock(self._slider.maximum())}")

    def _played(self, playing: bool) -> None:
        self._play.set_icon("pause" if playing else "play")
        self._name_play("Pause" if playing else "Play")

    def _failed(self, _error: object, text: str) -> None:
        if self._player is not None:
            self._player.stop()
        self._said.setText(f"It cannot be played: {text.rstrip('.')}.")

    def _draw(self, frame: QVideoFrame) -> None:
        picture = frame.toImage()
        if not picture.isNull() and self._player is not None:
            self._screen.show()
            self._screen.show_picture(picture)

    def _seek(self, ms: int) -> None:
        if self._player is not None:
            self._player.setPosition(ms)

    def _set_volume(self, percent: int) -> None:
        output = self._player.audioOutput() if self._player is not None else None
        if output is not None:
            # Loudness is heard by ratios: the cube is what mixers use.
            output.setVolume((percent / 100) ** 3)

    def _name_play(self, name: str) -> None:
        self._play.setAccessibleName(name)
        self._play.setToolTip(name)

    def _build_bar(self) -> QFrame:
        self._bar = QFrame()
        self._bar.setObjectName("panelHeader")
        fix(self._theme, self._bar, height=_HEIGHT)
        self._play = IconButton(self._theme, "play", "Play")
        self._play.clicked.connect(self._toggle)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName("Position")
        self._slider.setPageStep(10_000)
        self._slider.setSingleStep(1_000)
        self._slider.sliderMoved.connect(self._seek)
        self._slider.actionTriggered.connect(lambda _: self._seek(self._slider.sliderPosition()))
        self._time = label("", "small-muted")
        self._volume = QSlider(Qt.Orientation.Horizontal)
        self._volume.setAccessibleName("Volume")
        self._volume.setToolTip("Volume")
        self._volume.setRange(0, 100)
        self._volume.setValue(_VOLUME)
        fix(self._theme, self._volume, width=90)
        self._volume.valueChanged.connect(self._set_volume)
        self._said = Elided("", "small")
        layout = row(
            self._play, self._slider, self._time, self._said,
            label("Volume", "small-muted"), self._volume, margins=(8, 0, 12, 0),
        )  # fmt: skip
        layout.setStretch(1, 3)
        layout.setStretch(3, 2)
        self._bar.setLayout(layout)
        return self._bar


class _Screen(QWidget):
    """The picture of the moment, as large as fits."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._picture = QImage()
        self.setAccessibleName("Video")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)

    def show_picture(self, picture: QImage) -> None:
        """Show the next picture."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._picture.isNull():
            return
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(self.rect()).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._picture)


def _settle(made: QObject) -> None:
    """Have PySide find out now that Python does not override what Qt calls at a disconnection.

    FFmpeg's threads disconnect from these objects when they end. PySide asks at the first time,
    for which it wants the GIL, while the window's thread holds that and waits for Qt's lock on the
    connections, which the other thread has: neither would ever go on.
    """

    def nothing() -> None:
        return

    made.objectNameChanged.connect(nothing)
    made.objectNameChanged.disconnect(nothing)
