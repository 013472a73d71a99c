"""Files dropped on a window: artifacts are previewed, stores open, what is neither says why."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton

from driving import GUARD_MS, activate, open_store, settle, wait_for
from made import unpack
from runcase.preview.document import Image
from runcase.session.session import State
from runcase.ui.bare_window import BareWindow
from runcase.ui.dialogs.choose_store import ChooseStore
from runcase.ui.pages.failure import FailurePage
from runcase.ui.pages.file import FilePage
from runcase.ui.store_window import StoreWindow
from small_store import make_store, picture

COPY = Qt.DropAction.CopyAction
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def welcome(application, qtbot):
    """Opens a window without a store, and waits until it is up."""

    def opened():
        application.open([])
        settle(qtbot, application)
        (window,) = application.windows
        activate(qtbot, window)
        return window

    return opened


def drag(window, paths, over=None):
    """Drag files over a part of a window, by default its middle; says whether it wants them."""
    over, at = aim(window, over)
    data = files(paths)
    event = QDragEnterEvent(at, COPY, data, LEFT, NO_KEYS)
    event.ignore()  # as Qt delivers it: whoever wants the files says so
    QApplication.sendEvent(over, event)
    return event.isAccepted()


def drop(window, paths, over=None):
    """Drag files over a window and let go of them."""
    assert drag(window, paths, over), "nobody there takes these files"
    over, at = aim(window, over)
    data = files(paths)
    event = QDropEvent(QPointF(at), COPY, data, LEFT, NO_KEYS)
    event.ignore()
    QApplication.sendEvent(over, event)
    assert event.isAccepted()


def aim(window, over):
    """The widget under the mouse, and where on it the mouse is."""
    middle = window.rect().center()
    over = over or window.childAt(middle) or window
    return over, over.rect().center()


def files(paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def stores(application):
    return [each for each in application.windows if isinstance(each, StoreWindow)]


def image(path):
    made = QImage(64, 48, QImage.Format.Format_RGB32)
    made.fill(QColor("magenta"))
    made.save(str(path))
    return path


def test_an_artifact_is_previewed_without_a_store(application, welcome, qtbot, tmp_path):
    path = image(tmp_path / "roc curve.png")
    window = welcome()
    assert window.is_untouched
    drag(window, [path])
    overlay = window._overlay
    assert overlay.isVisible()
    texts = [each.text() for each in overlay.findChildren(QLabel)]
    assert "Look inside" in texts
    assert "roc curve.png: nothing is executed, nothing is changed" in texts
    drop(window, [path])
    assert not overlay.isVisible()
    wait_for(qtbot, lambda: isinstance(window.page, FilePage))
    with qtbot.waitSignal(window.page.preview.shown, timeout=GUARD_MS) as shown:
        pass
    assert isinstance(shown.args[0], Image)
    assert (shown.args[0].width, shown.args[0].height) == (64, 48)
    assert window.windowTitle() == "roc curve.png — Runcase"
    assert application.windows == [window]


def test_the_overlay_goes_when_the_files_leave(welcome, tmp_path):
    window = welcome()
    drag(window, [image(tmp_path / "a.png")])
    assert window._overlay.isVisible()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window._overlay.isVisible()


def test_text_that_is_dragged_is_none_of_our_business(welcome):
    window = welcome()
    data = QMimeData()
    data.setText("hello")
    event = QDragEnterEvent(QPoint(9, 9), COPY, data, LEFT, NO_KEYS)
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
    assert not window._overlay.isVisible()


def test_a_database_opens_a_window_of_its_own(application, welcome, qtbot, tmp_path):
    database = unpack("2.14.3", tmp_path / "store")
    before = picture(tmp_path / "store")
    window = welcome()
    drag(window, [database])
    texts = [each.text() for each in window._overlay.findChildren(QLabel)]
    assert "Open this store" in texts
    drop(window, [database])
    settle(qtbot, application)
    (opened,) = application.windows  # it takes the place of the welcome page
    assert isinstance(opened, StoreWindow)
    assert opened.session.state is State.READY
    assert opened.session.path == database
    opened.close()
    settle(qtbot, application)
    assert picture(tmp_path / "store") == before


def test_a_file_is_previewed_beside_an_open_store(application, qtbot, tmp_path):
    unpack("3.18.0", tmp_path / "store")
    path = image(tmp_path / "other.png")
    window = open_store(qtbot, application, tmp_path / "store")
    before = window.location
    drop(window, [path])
    settle(qtbot, application)
    assert isinstance(window.page, FilePage)
    assert application.windows == [window]
    window.run("back")
    assert window.location == before


def test_a_database_that_is_none_says_why_on_the_page(application, welcome, qtbot, tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("these are notes\n", encoding="utf-8")
    drop(welcome(), [path])
    settle(qtbot, application)
    (window,) = stores(application)
    assert isinstance(window.page, FailurePage)
    assert str(window.page.error).startswith(f"{path} is not a SQLite database.")
    texts = [each.text() for each in window.page.findChildren(QLabel)]
    assert any(str(path) in text for text in texts)
    assert application.windows == [window]


def test_a_folder_with_one_store_opens_it(application, welcome, qtbot, tmp_path):
    database = unpack("1.30.0", tmp_path / "store")
    drop(welcome(), [tmp_path / "store"])
    settle(qtbot, application)
    (window,) = application.windows
    assert window.session.path == database
    assert window.session.folder == tmp_path / "store"


def test_a_folder_with_several_stores_offers_the_choice(application, welcome, qtbot, tmp_path):
    folder = tmp_path / "stores"
    (folder / "old").mkdir(parents=True)
    many, few = make_store(folder / "many.db", 7), make_store(folder / "old" / "few.db", 2)
    window = welcome()
    drop(window, [folder])
    settle(qtbot, application)
    dialog = window.findChild(ChooseStore)
    listed = dialog.findChild(QListWidget)
    listing = [listed.item(row).text() for row in range(listed.count())]
    assert [text.split()[0] for text in listing] == ["many.db", "few.db"], "the fullest first"
    assert "7 runs" in listing[0]
    assert str(many) in listing[0]
    listed.setCurrentRow(1)
    next(each for each in dialog.findChildren(QPushButton) if each.text() == "Open").click()
    settle(qtbot, application)
    assert [each.session.path for each in stores(application)] == [few]


def test_several_files_open_several_windows(application, welcome, qtbot, tmp_path):
    paths = [make_store(tmp_path / name) for name in ("a.db", "b.db")]
    drop(welcome(), paths)
    settle(qtbot, application)
    assert [each.session.path for each in stores(application)] == paths
    assert not any(isinstance(each, BareWindow) for each in application.windows)


def test_a_file_dropped_on_a_text_field_opens_too(application, qtbot, tmp_path):
    """The field would take the file's address as text, and filter by it."""
    make_store(tmp_path / "store.db")
    path = image(tmp_path / "a.png")
    window = open_store(qtbot, application, tmp_path / "store.db")
    drop(window, [path], window.toolbar.filter.editor.viewport())
    settle(qtbot, application)
    assert window.toolbar.filter.text() == ""
    assert isinstance(window.page, FilePage)
