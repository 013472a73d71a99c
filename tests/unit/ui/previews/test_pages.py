from pathlib import Path

import pytest
from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtGui import QGuiApplication, QPageSize, QPainter, QPdfWriter
from pytestqt.qtbot import QtBot

from runcase.preview.document import Request
from runcase.preview.worker import Worker
from runcase.ui.previews.host import PreviewHost

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def pdf(qapp: object, tmp_path: Path) -> Path:
    """Three pages, each with a word on it."""
    path = tmp_path / "report.pdf"
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    writer.setPageMargins(QMarginsF(20, 20, 20, 20))
    painter = QPainter(writer)
    for number in range(3):
        if number:
            writer.newPage()
        painter.drawText(300, 600, ("First", "Second", "Third")[number])
    painter.end()
    return path


@pytest.fixture
def paged(host: PreviewHost, worker: Worker, pdf: Path) -> PreviewHost:
    """A host that shows the PDF and answers what it asks for."""

    def ask(request: Request) -> None:
        host.show_answer(request, worker.read(request), "report.pdf")

    host.requested.connect(ask)
    host.show()
    host.set_request(Request(str(pdf)))
    ask(Request(str(pdf)))
    return host


def test_the_field_the_arrows_and_the_keys_turn_the_page(qtbot: QtBot, paged: PreviewHost) -> None:
    bar, view = paged._image_bar, paged._image
    assert not bar._page.isHidden()
    assert (bar._page.text(), bar._frame.text()) == ("1", "of 3")
    bar._page.selectAll()
    qtbot.keyClicks(bar._page, "99\r")
    assert (view.page, bar._page.text()) == (2, "3")
    bar._back.click()
    assert (view.page, bar._page.text()) == (1, "2")
    for key, page in ((Qt.Key.Key_End, 2), (Qt.Key.Key_Home, 0), (Qt.Key.Key_PageDown, 1)):
        qtbot.keyClick(view, key)
        assert view.page == page


def test_the_width_stays_from_page_to_page(qtbot: QtBot, paged: PreviewHost) -> None:
    bar, view = paged._image_bar, paged._image
    bar._segments._buttons["width"].click()
    wide = view.scale_factor
    assert wide > 1.0
    scroll = view.verticalScrollBar()
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert (view.page, scroll.value() > scroll.minimum()) == (0, True)
    scroll.setValue(scroll.maximum())
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert view.page == 1
    assert (view.scale_factor, bar._segments.choice()) == (wide, "width")
    assert scroll.value() == scroll.minimum()
    view.zoom_to(2.0)
    view.turn_to(2)
    assert view.scale_factor == 2.0


def test_the_text_of_a_page_is_copied(paged: PreviewHost) -> None:
    paged._image.turn_to(1)
    paged._image_bar._copy.click()
    assert QGuiApplication.clipboard().text().strip() == "Second"
