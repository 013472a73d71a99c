import io
from collections.abc import Callable

import PIL.Image
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from runcase.errors import GoneError
from runcase.preview.document import Document, Request, Table, Tree
from runcase.preview.worker import Worker
from runcase.ui.previews.host import PreviewHost
from runcase.ui.previews.table_model import TableModel
from runcase.ui.previews.tree_model import TreeModel
from runcase.ui.theme import Scheme, Theme

# What the offscreen platform says of any window that has a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Show = Callable[[str, bytes | str], Document]


def gif() -> bytes:
    out = io.BytesIO()
    frames = [PIL.Image.new("RGB", (8, 8), color) for color in ("red", "lime", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (width, height), (255, 0, 0)).save(out, "PNG")
    return out.getvalue()


def colors(image: QImage) -> set[str]:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {image.pixelColor(x, y).name() for x, y in points}


def test_every_kind_shows_its_name_facts_and_widget(host: PreviewHost, show: Show) -> None:
    for name, content, facts, widget in (
        ("a.py", "x = 1\n", "6 B · 1 line · UTF-8", host._code),
        ("a.json", "{}", "2 B", host._tree),
        ("a.csv", "a,b\n1,2\n", "8 B · CSV", host._table),
        ("a.png", png(20, 10), "20 × 10", host._image_pane),
        ("a.md", "# T\n", "4 B · Markdown", host._page),
        ("MLmodel", "flavors: {sklearn: {}}\n", "files", host._model),
        ("a.bin", b"\0\1", "2 B · Binary data", host._bytes),
    ):
        show(name, content)
        assert host._stack.currentWidget() is widget, name
        assert host._name.text() == name
        assert facts in host._facts.text(), name


def test_notes_are_shown_and_go_away(host: PreviewHost, show: Show) -> None:
    show("a.json", "{")
    assert not host._note.isHidden()
    assert "not valid JSON" in host._note.text()
    show("b.json", "{}")
    assert host._note.isHidden()


def test_an_error_offers_the_bytes(qtbot: QtBot, host: PreviewHost) -> None:
    host.set_request(Request("/x/y.bin", "/x"))
    host.show_error("It could not be read.", "Because.", "y.bin")
    texts = [each.text() for each in host._state.findChildren(QLabel)]
    assert "It could not be read." in texts
    (button,) = host._state.findChildren(QPushButton)
    with qtbot.waitSignal(host.requested) as asked:
        button.click()
    assert asked.args == [Request("/x/y.bin", "/x", as_bytes=True)]


def test_what_is_not_there_has_no_bytes(
    qtbot: QtBot, host: PreviewHost, show: Show, worker: Worker
) -> None:
    show("before.txt", "words")
    host.show_loading("lost.bin")
    host.show_error("It lies outside of the folder.", name="lost.bin")
    assert not host._state.findChildren(QPushButton), "they would be those of the file before"
    request = Request("/no/such/file.bin", "/no/such")
    with pytest.raises(GoneError) as error:
        worker.read(request)
    host.show_failure(request, error.value.message, error.value.hint, "file.bin", gone=True)
    (button,) = host._state.findChildren(QPushButton)
    assert button.text() == "Try Again"
    with qtbot.waitSignal(host.requested) as asked:
        button.click()
    assert asked.args == [request]


def test_loading_and_clear_leave_nothing_behind(host: PreviewHost, show: Show) -> None:
    show("a.gif", gif())
    host._image.play()
    host.show_loading("b.csv")
    assert not host._image.is_playing
    assert host._image_bar.isHidden()
    host.clear()
    assert host._bar.isHidden()


def test_a_new_theme_repaints_every_kind(host: PreviewHost, show: Show, theme: Theme) -> None:
    show("a.py", "x = 1\n")
    theme.set_scheme(Scheme.DARK)
    dark = theme.color("surface").name()
    assert host._code.grab().toImage().pixelColor(400, 300).name() == dark
    show("a.md", "# T\n")
    assert host._page.grab().toImage().pixelColor(400, 300).name() == dark
    for name, content in (
        ("MLmodel", "flavors: {sklearn: {}}\nmodel_id: m\n"),
        ("a.csv", "a\n1\n"),
        ("a.json", '{"a": 1}'),
        ("a.png", png(9, 9)),
    ):
        show(name, content)
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            theme.set_scheme(scheme)
            host.grab()
    show("a.md", "# T\n")
    theme.set_scheme(Scheme.LIGHT)
    assert host._page.grab().toImage().pixelColor(400, 300).name() == "#ffffff"


def test_code_is_coloured_where_the_worker_said(
    host: PreviewHost, show: Show, theme: Theme
) -> None:
    show("a.py", "'🚀'; y = 12  # end\n")
    layout = host._code.document().firstBlock().layout()
    text = host._code.toPlainText().encode("utf-16-le")
    found = {
        text[2 * each.start : 2 * (each.start + each.length)].decode("utf-16-le"): (
            each.format.foreground().color().name()
        )
        for each in layout.formats()
    }
    assert found["12"] == theme.color("number").name()
    assert found["# end"] == theme.color("muted").name()


def test_a_tree_can_be_walked_and_switched_to_text(host: PreviewHost, show: Show) -> None:
    document = show("a.json", '{"a": {"b": [1, 2]}, "c": null}')
    assert isinstance(document, Tree)
    model = host._tree._model
    assert isinstance(model, TreeModel)
    deep = model.index(0, 0, model.index(0, 0, model.index(0, 0)))
    second = model.index(1, 1, deep.parent())
    assert second.data() == "2"
    assert model.path(second) == "a.b.1"
    assert second.parent().data() == "b"
    assert model.index(0, 1).data() == "{1 key}"
    host._choose("text")
    assert host._tree._edit.toPlainText().startswith('{"a"')
    show("b.json", "[]")
    assert host._tree.currentIndex() == 0


def test_rows_are_asked_for_when_they_are_needed(
    qtbot: QtBot, host: PreviewHost, show: Show, worker: Worker
) -> None:
    document = show("n.csv", "n,x\n" + "".join(f"{n},v{n}\n" for n in range(2000)))
    assert isinstance(document, Table)
    model = host._table._model
    assert isinstance(model, TableModel)
    assert model.rowCount() == 2000
    with qtbot.waitSignal(host.requested) as asked:
        host._table._grid.scrollToBottom()
        host.grab()
    request = asked.args[0]
    assert request.offset == 1800
    host.show_document(worker.read(request))
    assert model.index(1999, 1).data() == "v1999"
    assert model.index(0, 1).data() == "v0"
    assert host._table._grid.verticalScrollBar().value() > 0


def test_another_file_starts_at_its_top(host: PreviewHost, show: Show) -> None:
    show("n.csv", "n\n" + "".join(f"{n}\n" for n in range(2000)))
    host._table._grid.scrollToBottom()
    show("m.csv", "m,k\n1,\n")
    model = host._table._model
    assert (model.rowCount(), model.columnCount()) == (1, 2)
    assert model.index(0, 1).data() == "—"
    assert model.headerData(0, Qt.Orientation.Horizontal) == "m\nint"
    right = model.index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole)
    assert right & Qt.AlignmentFlag.AlignRight


def test_cells_are_copied_in_full(host: PreviewHost, show: Show, qtbot: QtBot) -> None:
    show("n.csv", "a,b\n0.123456789,x\n2,y\n")
    host._table._grid.selectAll()
    qtbot.keyClick(host._table._grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "0.123456789\tx\n2\ty"


def test_a_picture_fits_and_zooms(host: PreviewHost, show: Show, qtbot: QtBot) -> None:
    show("big.png", png(4000, 200))
    view = host._image
    assert view.fits
    assert view.scale_factor < 0.25
    for key, scale in ((Qt.Key.Key_1, 1.0), (Qt.Key.Key_2, 2.0), (Qt.Key.Key_Plus, 2.5)):
        qtbot.keyClick(view, key)
        assert view.scale_factor == scale
    assert host._image_bar._segments.choice() == ""
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.fits
    assert host._image_bar._segments.choice() == "fit"
    show("small.png", png(20, 10))
    assert view.scale_factor == 1.0


def test_the_wheel_zooms_at_the_mouse(host: PreviewHost, show: Show) -> None:
    show("a.png", png(100, 100))
    before = host._image.scale_factor
    turn = QWheelEvent(
        QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(host._image.viewport(), turn)
    assert host._image.scale_factor == before * 1.25


def test_pixels_are_drawn(host: PreviewHost, show: Show) -> None:
    show("a.png", png(100, 100))
    image = host._image.viewport().grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 2) == QColor("red")


def test_an_animation_plays_and_steps(host: PreviewHost, show: Show, qtbot: QtBot) -> None:
    show("a.gif", gif())
    bar, view = host._image_bar, host._image
    assert not bar._play.isHidden()
    bar._forward.click()
    assert view.frame_number == 1
    assert bar._frame.text() == "2 of 3"
    bar._back.click()
    bar._back.click()
    assert view.frame_number == 2
    with qtbot.waitSignal(view.played):
        bar._play.click()
    qtbot.waitUntil(lambda: view.frame_number == 0)
    view.pause()
    assert not view.is_playing


def test_a_page_without_content_shows_its_source(host: PreviewHost, show: Show) -> None:
    show("a.html", "<div></div><script>draw()</script>")
    assert host._page.currentIndex() == 1
    assert "draw()" in host._page._edit.toPlainText()
    show("b.html", "<p>words</p>")
    assert host._page.currentIndex() == 0


def test_a_page_loads_only_its_own_pictures(host: PreviewHost, show: Show) -> None:
    show("pic.png", png(4, 4))
    show("a.md", "![x](pic.png) ![y](http://127.0.0.1:9/y.png)\n")
    browser = host._page._browser
    kind = QTextDocument.ResourceType.ImageResource.value
    loaded = browser.loadResource(kind, "image:0")
    assert isinstance(loaded, QImage)
    assert loaded.width() == 4
    for address in ("http://127.0.0.1:9/y.png", "file:///etc/hostname", "image:7"):
        assert browser.loadResource(kind, address) is None
    assert "#ff0000" in colors(host._page.grab().toImage().copy(0, 0, 60, 60))


def test_a_link_asks_before_it_opens(host: PreviewHost, show: Show, qtbot: QtBot) -> None:
    show("a.md", "[x](https://example.org)\n")
    with qtbot.waitSignal(host._page.asked) as asked:
        host._page._browser.anchorClicked.emit("https://example.org")
    assert asked.args[0].toString() == "https://example.org"
    box = host._page.findChild(QMessageBox)
    assert box is not None
    assert "https://example.org" in box.informativeText()
    box.reject()
    with qtbot.assertNotEmitted(host._page.asked):
        host._page._browser.anchorClicked.emit("file:///etc/passwd")


def test_a_model_lists_flavors_signature_and_files(
    host: PreviewHost, show: Show, qtbot: QtBot
) -> None:
    show("requirements.txt", "mlflow==3.18.0\n")
    show(
        "MLmodel",
        "flavors: {sklearn: {sklearn_version: 1.2}, python_function: {loader_module: x}}\n"
        'model_id: m-1\nsignature: {inputs: \'[{"name": "age", "type": "long"}]\'}\n'
        "saved_input_example_info: {type: ndarray, artifact_path: input_example.json}\n",
    )
    texts = {each.text() for each in host._model.findChildren(QLabel)}
    assert {"Signature", "1 input", "sklearn", "1.2", "Requirements"} <= texts
    assert "1 in requirements.txt" in texts
    link = next(each for each in host.findChildren(QPushButton) if each.text() == "ndarray")
    with qtbot.waitSignal(host.file_chosen) as chosen:
        link.click()
    assert chosen.args == ["input_example.json"]
    host._choose("text")
    assert host._model._edit.toPlainText().startswith("flavors:")


def test_bytes_are_shown_window_by_window(
    host: PreviewHost, show: Show, qtbot: QtBot, worker: Worker
) -> None:
    show("a.bin", bytes(range(256)) * 300)
    assert host._bytes._edit.toPlainText().startswith("00000000  00 01 02 03 04 05 06 07  08")
    with qtbot.waitSignal(host.requested) as asked:
        host._bytes._forward.click()
    request = asked.args[0]
    assert (request.offset, request.as_bytes) == (65536, True)
    host.show_document(worker.read(request))
    assert host._bytes._edit.toPlainText().startswith("00010000")
    assert not host._bytes._forward.isEnabled()
