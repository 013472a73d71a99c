"""A second start hands its paths to the process that runs already, and ends."""

import uuid

import pytest

from command_line import run, start
from driving import GUARD_MS, open_store, settle
from runcase.instance import InstanceServer
from runcase.ui.bare_window import BareWindow
from runcase.ui.pages.file import FilePage
from small_store import make_store, picture

pytestmark = pytest.mark.qt_log_ignore("does not support raise", "propagateSizeHints")


@pytest.fixture
def first(application, monkeypatch):
    """The first process of this person: this one, under a name that nobody else uses."""
    monkeypatch.setenv("RUNCASE_INSTANCE", uuid.uuid4().hex)
    server = InstanceServer()
    server.asked.connect(application.open_from_outside)
    assert server.listen()
    yield server
    server.close()


@pytest.fixture
def second(first, application, qtbot):
    """Starts Runcase again while this process answers; returns what it was asked for."""

    def call(*arguments, folder=None):
        process = start(*arguments, folder=folder)
        with qtbot.waitSignal(first.asked, timeout=GUARD_MS) as asked:
            pass
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=GUARD_MS)
        assert (*process.communicate(), process.returncode) == ("", "", 0)
        settle(qtbot, application)
        return asked.args[0]

    return call


def test_a_path_opens_here(second, application, tmp_path):
    path = make_store(tmp_path / "store.db")
    assert second("store.db", folder=tmp_path) == [str(path)], "paths are made absolute"
    (window,) = application.windows
    assert window.session.path == path
    assert window.page.runs.rowCount() == 3


@pytest.mark.parametrize("spelling", ["file", "folder", "url", "file url", "link"])
def test_a_store_that_is_open_is_shown_not_opened_twice(
    spelling, second, application, qtbot, tmp_path
):
    (tmp_path / "one").mkdir()
    path = make_store(tmp_path / "one" / "store.db")
    other = make_store(tmp_path / "other.db")
    if spelling == "link":
        (tmp_path / "link.db").symlink_to(path)
    before = picture(tmp_path)
    first = open_store(qtbot, application, path)
    open_store(qtbot, application, other)
    assert not first.isActiveWindow()
    second(
        {
            "file": path,
            "folder": path.parent,
            "url": f"sqlite:///{path.as_posix()}",
            "file url": path.as_uri(),
            "link": tmp_path / "link.db",
        }[spelling]
    )
    assert len(application.windows) == 2
    qtbot.waitUntil(first.isActiveWindow, timeout=GUARD_MS)
    assert {name: facts for name, facts in picture(tmp_path).items() if name.endswith(".db")} == {
        name: facts for name, facts in before.items() if name.endswith(".db")
    }


def test_several_paths_arrive_in_their_order(second, application, tmp_path):
    paths = [make_store(tmp_path / name) for name in ("b.db", "a.db")]
    note = tmp_path / "note, with ü.txt"
    note.write_text("hello\n", encoding="utf-8")
    assert second(*paths, note) == [str(each) for each in (*paths, note)]
    shown = [each.session.path for each in application.windows if hasattr(each, "session")]
    assert shown == paths
    (bare,) = (each for each in application.windows if isinstance(each, BareWindow))
    assert isinstance(bare.page, FilePage)


def test_a_start_without_paths_shows_the_window_that_is_there(second, application, qtbot, tmp_path):
    window = open_store(qtbot, application, make_store(tmp_path / "store.db"))
    assert second() == []
    assert application.windows == [window]
    assert window.isActiveWindow()


def test_commands_without_a_window_answer_for_themselves(first, application, tmp_path):
    path = make_store(tmp_path / "store.db")
    code, out, _ = run("info", path)
    assert code == 0
    assert "Runs           3\n" in out
    assert application.windows == []
