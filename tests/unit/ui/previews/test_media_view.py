from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from recordings import film, tone
from runcase.preview.document import Document
from runcase.ui.previews.host import PreviewHost
from runcase.ui.previews.media_view import MediaView, clock

pytest.importorskip("PySide6.QtMultimedia", reason="QtMultimedia is not here", exc_type=ImportError)
# FFmpeg says of every library that it looked for and did not find.
pytestmark = pytest.mark.no_qt_log
Show = Callable[[str, bytes], Document]


@pytest.fixture
def media(host: PreviewHost) -> MediaView:
    host.show()
    return host._insides


def test_nothing_is_opened_before_play(host: PreviewHost, show: Show, media: MediaView) -> None:
    show("a.wav", tone())
    assert media._player is None
    assert not media._bar.isHidden()
    assert host._note.isHidden()
    assert "WAVE sound" in host._facts.text()


def test_sound_plays_is_moved_and_stops_with_the_preview(
    qtbot: QtBot, host: PreviewHost, show: Show, media: MediaView
) -> None:
    show("a.wav", tone(3.0))
    media._play.click()
    qtbot.waitUntil(lambda: media._player.isPlaying() and media._slider.maximum() > 2900)
    assert media._play.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: media._player.position() > 0)
    media._slider.setSliderDown(True)
    media._slider.setSliderPosition(2000)
    media._slider.setSliderDown(False)
    qtbot.waitUntil(lambda: media._player.position() >= 2000)
    assert media._time.text().endswith(" / 0:03")
    media._volume.setValue(0)
    assert media._player.audioOutput().volume() == 0
    media._play.click()
    qtbot.waitUntil(lambda: not media._player.isPlaying())
    show("b.txt", b"x\n")
    assert media._player is None


def test_video_shows_its_pictures(qtbot: QtBot, show: Show, media: MediaView) -> None:
    show("a.avi", film(["red"] * 5 + ["blue"] * 40))
    media._play.click()

    def blue() -> bool:
        picture = media._screen.grab().toImage()
        color = picture.pixelColor(picture.rect().center())
        return color.blue() > 200 and color.red() < 60

    qtbot.waitUntil(blue, timeout=10_000)
    media.rest()
    assert media._screen.isHidden()


def test_what_cannot_be_played_is_one_sentence(qtbot: QtBot, show: Show, media: MediaView) -> None:
    show("b.mp3", b"\xff\xfb\x90\x64" + bytes(400))
    media._play.click()
    qtbot.waitUntil(lambda: media._said.text().startswith("It cannot be played: "), timeout=10_000)


def test_a_member_of_an_archive_says_its_headers_only(
    host: PreviewHost, show: Show, media: MediaView
) -> None:
    show("a.wav", tone())
    media.show_document(media._facts._document, "")
    assert media._bar.isHidden()
    assert "headers" in media.note


def test_places_are_said_as_on_a_clock() -> None:
    assert [clock(each) for each in (0, 62_000, 3_661_000)] == ["0:00", "1:02", "1:01:01"]
