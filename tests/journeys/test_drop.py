"""Files dropped on a window: artifacts are previewed, stores open, what is neither says why."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFileOpenEvent,
    QImage,
)
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton

from compare_store import write_store
from driving import GUARD_MS, activate, open_store, press, settle, wait_for
from made import unpack
from runcase.preview.document import Image, Model
from runcase.session.session import State
from runcase.ui.bare_window import BareWindow
from runcase.ui.dialogs.choose_store import ChooseStore
from runcase.ui.dialogs.compare_stores import CompareStores
from runcase.ui.location import Location, Place
from runcase.ui.pages.failure import FailurePage
from runcase.ui.pages.file import FilePage
from runcase.ui.store_window import StoreWindow
from small_store import make_store, picture, run_id
from table_hands import NO_PLATFORM

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
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


def drag(window, paths, over=None, keys=NO_KEYS):
    """Drag files over a part of a window, by default its middle; says whether it wants them."""
    over, at = aim(window, over)
    data = files(paths)
    event = QDragEnterEvent(at, COPY, data, LEFT, keys)
    event.ignore()  # as Qt delivers it: whoever wants the files says so
    QApplication.sendEvent(over, event)
    return event.isAccepted()


def drop(window, paths, over=None, keys=NO_KEYS):
    """Drag files over a window and let go of them."""
    assert drag(window, paths, over, keys), "nobody there takes these files"
    over, at = aim(window, over)
    data = files(paths)
    event = QDropEvent(QPointF(at), COPY, data, LEFT, keys)
    event.ignore()
    QApplication.sendEvent(over, event)
    assert event.isAccepted()


def aim(window, over):
    """The widget under the mouse, and where on it the mouse is."""
    middle = window.rect().center()
    over = over or window.childAt(middle) or window
    return over, over.rect().center()


def announced(window, qtbot, application):
    """What the overlay says once the files were looked at: title, text, hint."""
    settle(qtbot, application)
    overlay = window.drops.overlay
    assert overlay.isVisible()
    return overlay._title.text(), overlay._text.text(), overlay._hint.text()


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
    overlay = window.drops.overlay
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
    assert window.drops.overlay.isVisible()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.drops.overlay.isVisible()


def test_text_that_is_dragged_is_none_of_our_business(welcome):
    window = welcome()
    data = QMimeData()
    data.setText("hello")
    event = QDragEnterEvent(QPoint(9, 9), COPY, data, LEFT, NO_KEYS)
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
    assert not window.drops.overlay.isVisible()


def test_a_database_opens_a_window_of_its_own(application, welcome, qtbot, tmp_path):
    database = unpack("2.14.3", tmp_path / "store")
    before = picture(tmp_path / "store")
    window = welcome()
    drag(window, [database])
    texts = [each.text() for each in window.drops.overlay.findChildren(QLabel)]
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


def test_several_stores_open_several_windows(application, welcome, qtbot, tmp_path):
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


def test_several_files_share_one_list(application, welcome, qtbot, tmp_path):
    """As in an editor or a viewer of pictures: a window for each would be in the way."""
    paths = [image(tmp_path / "a.png"), image(tmp_path / "b.png"), tmp_path / "c.txt"]
    paths[2].write_text("text", encoding="utf-8")
    window = welcome()
    drag(window, paths)
    title, text, _ = announced(window, qtbot, application)
    assert (title, text.partition(":")[0]) == ("Look inside 3 files", "a.png, b.png, c.txt")
    drop(window, paths)
    settle(qtbot, application)
    page = window.page
    assert isinstance(page, FilePage)
    assert [each.data() for each in page.list.model.files()] == ["a.png", "b.png", "c.txt"]
    assert page.path_on_disk() == paths[0]
    press(page.list.tree, Qt.Key.Key_Down)
    settle(qtbot, application)
    assert page.path_on_disk() == paths[1]
    assert application.windows == [window]


def test_stores_and_files_at_once_are_told_apart(application, welcome, qtbot, tmp_path):
    store, model = make_store(tmp_path / "a.db"), tmp_path / "resnet"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}\n", encoding="utf-8")
    window = welcome()
    drag(window, [store, model])
    title, text, _ = announced(window, qtbot, application)
    assert title == "Open 1 store and 1 model"
    assert text == "a.db: new window, read-only\nresnet/MLmodel: opens without a store"
    drop(window, [store, model])
    settle(qtbot, application)
    assert [each.session.path for each in stores(application)] == [store]
    assert isinstance(window.page, FilePage)


def test_a_folder_without_a_store_lists_its_files(application, welcome, qtbot, tmp_path):
    folder = tmp_path / "plots"
    folder.mkdir()
    image(folder / "roc.png")
    window = welcome()
    drag(window, [folder])
    assert announced(window, qtbot, application)[0] == "Look into this folder"
    drop(window, [folder])
    settle(qtbot, application)
    assert isinstance(window.page, FilePage)
    assert [each.data() for each in window.page.list.model.files()] == ["roc.png"]
    assert "No MLflow store" in window.toast._text.text()


def test_a_model_folder_is_a_page(application, welcome, qtbot, tmp_path):
    (tmp_path / "MLmodel").write_text("flavors:\n  sklearn: {}\n", encoding="utf-8")
    window = welcome()
    drag(window, [tmp_path])
    assert announced(window, qtbot, application)[0] == "Open this model"
    drop(window, [tmp_path])
    wait_for(qtbot, lambda: isinstance(window.page, FilePage))
    with qtbot.waitSignal(window.page.preview.shown, timeout=GUARD_MS) as shown:
        pass
    assert isinstance(shown.args[0], Model)


def test_a_file_of_an_open_store_leads_to_its_run(application, qtbot, tmp_path):
    database = write_store(tmp_path / "store", files=False)
    window = open_store(qtbot, application, database)
    path = tmp_path / "store" / "mlruns" / run_id(1) / "artifacts" / "config.yaml"
    drag(window, [path])
    said = announced(window, qtbot, application)
    assert said[:2] == ("Go to its run", "config.yaml of bee in mlflow.db")
    drop(window, [path])
    settle(qtbot, application)
    assert (window.location.id, window.location.path) == (run_id(1), "config.yaml")
    assert window.page.artifacts.tree.currentIndex().data() == "config.yaml"
    # A terminal and the desktop do the same.
    other = path.parents[2] / run_id(2) / "artifacts" / "same.txt"
    application.open_from_outside([str(other)])
    settle(qtbot, application)
    assert (window.location.id, window.location.path) == (run_id(2), "same.txt")
    assert application.windows == [window]


def test_a_store_with_shift_is_compared(application, qtbot, tmp_path):
    database = write_store(tmp_path / "store", files=False)
    other = make_store(tmp_path / "other.db", 7)
    window = open_store(qtbot, application, database)
    drag(window, [other])
    assert announced(window, qtbot, application)[2] == "Hold Shift to compare with the open store"
    shift = Qt.KeyboardModifier.ShiftModifier
    move = QDragMoveEvent(window.rect().center(), COPY, files([other]), LEFT, shift)
    QApplication.sendEvent(window, move)
    assert announced(window, qtbot, application)[0] == "Compare two stores"
    drop(window, [other], keys=shift)
    settle(qtbot, application)
    facts = {what: (one, two) for what, one, two in window.findChild(CompareStores).facts}
    assert facts["Runs"] == ("4", "7")
    window.findChild(CompareStores).close()
    assert stores(application) == [window]


def test_a_folder_over_missing_artifacts_is_proposed_as_their_root(application, qtbot, tmp_path):
    database = write_store(tmp_path / "store", files=False)
    moved = tmp_path / "elsewhere"
    (tmp_path / "store" / "mlruns").rename(moved)
    window = open_store(qtbot, application, database)
    window.go(Location(Place.RUN, run_id(0), "artifacts"))
    settle(qtbot, application)
    drag(window, [moved])
    title, _, _ = announced(window, qtbot, application)
    assert title == "Propose this folder as artifact root"


def test_what_the_desktop_opens_is_opened(application, welcome, qtbot, qapp, tmp_path):
    """macOS sends an event for a file that is dropped on the icon."""
    path = image(tmp_path / "a.png")
    welcome()
    opened = []
    qapp.file_opened.connect(opened.append)
    QApplication.sendEvent(qapp, QFileOpenEvent(str(path)))
    qapp.file_opened.disconnect(opened.append)
    assert opened == [str(path)]
