"""What cannot be opened: one clear sentence on the page and on stderr, nothing written."""

import os
import sqlite3
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from command_line import run, start
from driving import settle, wait_for
from made import unpack
from runcase.cli import main
from runcase.session.session import State
from runcase.ui.bare_window import BareWindow
from runcase.ui.pages.failure import FailurePage
from runcase.ui.previews.table_view import TablePreview
from small_store import make_store, picture

LFS = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345\n"
)
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def not_there(folder):
    return folder / "mlflow.db"


def no_store(folder):
    (folder / "readme.txt").write_text("nothing here\n", encoding="utf-8")
    return folder


def empty(folder):
    (folder / "mlflow.db").touch()
    return folder / "mlflow.db"


def not_sqlite(folder):
    (folder / "mlflow.db").write_bytes(b"PK\x03\x04" + bytes(2000))
    return folder / "mlflow.db"


def not_mlflow(folder):
    connection = sqlite3.connect(folder / "mlflow.db")
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    return folder / "mlflow.db"


def truncated(folder):
    path = unpack("3.18.0", folder)
    with path.open("r+b") as file:
        file.truncate(300_000)
    return path


def cut_in_the_header(folder):
    (folder / "mlflow.db").write_bytes(b"SQLite format 3\0" + bytes(40))
    return folder / "mlflow.db"


def lfs_pointer(folder):
    (folder / "mlflow.db").write_text(LFS, encoding="utf-8")
    return folder / "mlflow.db"


def denied(folder):
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = make_store(folder / "mlflow.db")
    path.chmod(0)
    return path


CASES = {
    not_there: "{path} does not exist.",
    no_store: "{path} holds no MLflow store.",
    empty: "{path} is empty (0 bytes).",
    not_sqlite: "{path} is not a SQLite database.",
    not_mlflow: "{path} is a SQLite database, but not MLflow's",
    truncated: "{path} is cut short: it has 300,000 of ",
    cut_in_the_header: "{path} is cut short: ",
    lfs_pointer: "{path} is a Git LFS pointer",
    denied: "{path} may not be read by this user.",
}
every_case = pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "input"
    made.mkdir()
    return made


def check_said(answer, text):
    """One line on stderr, and the text begins it."""
    code, out, err = answer
    assert (code, out) == (1, "")
    assert err.startswith(f"runcase: {text}"), err
    assert err.endswith("\n")
    assert err.count("\n") == 1, err


@every_case
def test_a_command_says_what_is_wrong_in_one_line(make, folder):
    path = make(folder)
    before = picture(folder)
    check_said(run("info", path), CASES[make].format(path=path))
    assert picture(folder) == before


@pytest.mark.parametrize("command", ["runs", "dump"])
def test_every_command_says_it(command, folder):
    path = lfs_pointer(folder)
    check_said(run(command, path), CASES[lfs_pointer].format(path=path))


def test_shot_says_it_and_draws_nothing(folder):
    path = not_mlflow(folder)
    answer = run("shot", path, "--page", "experiment", "--out", folder / "out.png")
    check_said(answer, CASES[not_mlflow].format(path=path))
    assert not (folder / "out.png").exists()


def test_a_file_to_preview_that_is_not_there(folder):
    check_said(run("preview", folder / "no.txt"), str(folder / "no.txt"))


@every_case
def test_the_window_says_it_on_its_page(make, folder, application, qtbot):
    path = make(folder)
    before = picture(folder)
    application.open([str(path)])
    settle(qtbot, application)
    (window,) = application.windows
    check_page(window, CASES[make].format(path=path))
    try_again(window)
    settle(qtbot, application)
    check_page(application.windows[-1], CASES[make].format(path=path))
    for each in tuple(application.windows):
        each.close()
    settle(qtbot, application)
    assert picture(folder) == before


def test_another_database_is_shown_as_its_tables(folder, application, qtbot):
    path = not_mlflow(folder)
    application.open([str(path)])
    (window,) = application.windows
    wait_for(qtbot, lambda: isinstance(window.page, FailurePage))
    (button,) = [
        each for each in window.page.findChildren(QPushButton) if each.text() == "Show as a File"
    ]
    button.click()
    settle(qtbot, application)
    shown = [each for each in window.page.findChildren(TablePreview) if each.isVisible()]
    assert [each.facts().rpartition(" ")[2] for each in shown] == ["SQLite"]


def test_a_second_try_opens_what_is_whole_by_then(folder, application, qtbot):
    path = lfs_pointer(folder)
    application.open([str(path)])
    settle(qtbot, application)
    (window,) = application.windows
    path.unlink()
    make_store(path, 2)
    try_again(window)
    settle(qtbot, application)
    assert window.session.state is State.READY
    assert window.page.runs.rowCount() == 2


def test_a_store_that_another_program_locks(folder, application, qtbot):
    """SQLite waits 5 s for the lock, in the command and in the window at the same time."""
    path = make_store(folder / "mlflow.db")
    before = picture(folder)
    text = f"{path} is locked by another program"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "locked\n"
        command = start("info", path)
        application.open([str(path)])
        wait_for(qtbot, lambda: isinstance(application.windows[0].page, FailurePage))
        out, err = command.communicate(timeout=30)
        assert picture(folder) == before
        holder.stdin.close()
    check_said((command.returncode, out, err), text)
    (window,) = application.windows
    check_page(window, text)
    try_again(window)
    settle(qtbot, application)
    assert window.session.state is State.READY


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("metrics.rmse <", 14),
        ("metrics.rmse >< 1", 14),
        ("colour = 'red'", 1),
        ("params.a = 'x' or (params.b = 'y'", 19),
        ("metrics.rmse < 'low'", 16),
    ],
)
def test_a_mistake_in_a_filter_is_wrong_usage_and_has_a_position(
    expression, column, folder, capsys
):
    path = make_store(folder / "mlflow.db")
    code = main(["runs", str(path), "--filter", expression])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("runcase: ")
    assert err.endswith(f"(column {column})\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("info",),
        ("info", "{path}", "more"),
        ("runs", "{path}", "--format", "xml"),
        ("runs", "{path}", "--limit", "-1"),
        ("runs", "{path}", "--limit", "many"),
        ("runs", "{path}", "--order-by", "metrics.rmse sideways"),
        ("runs", "{path}", "--columns", "rmse"),
        ("shot", "{path}", "--page", "experiment"),
        ("shot", "{path}", "--page", "attic", "--out", "x.png"),
        ("shot", "{path}", "--page", "run", "--size", "big", "--out", "x.png"),
        ("shot", "{path}", "--page", "run", "--scale", "much", "--out", "x.png"),
        ("--no-such-option",),
    ],
    ids=" ".join,
)
def test_wrong_usage(arguments, folder, capsys):
    path = make_store(folder / "mlflow.db")
    try:
        code = main([each.format(path=path) for each in arguments])
    except SystemExit as ended:
        code = ended.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, ""), err
    assert "runcase" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("runs", "{path}", "--filter", "metrics.rmse <"),
        ("shot", "{path}", "--page", "run", "--size", "0x0", "--out", "x.png"),
        ("shot", "{path}", "--page", "run", "--scale", "0", "--out", "x.png"),
        ("shot", "{path}", "--page", "run", "--at", "nowhere", "--out", "x.png"),
    ],
    ids=" ".join,
)
def test_wrong_usage_of_a_whole_process(arguments, folder):
    path = make_store(folder / "mlflow.db")
    code, out, err = run(*[each.format(path=path) for each in arguments], folder=folder)
    assert (code, out) == (2, ""), err[-300:]
    assert "Traceback" not in err
    assert [each.name for each in folder.iterdir()] == ["mlflow.db"]


def check_page(window, text):
    """The page says it, in the same words as the command."""
    page = window.page
    assert isinstance(page, FailurePage)
    assert page.error.message.startswith(text)
    shown = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert any(each.startswith(text) for each in shown), shown
    assert "could not be opened" in window.windowTitle()
    assert isinstance(window, BareWindow) or window.session.state is State.FAILED


def try_again(window):
    buttons = window.page.findChildren(QPushButton)
    next(each for each in buttons if each.text() == "Try Again").click()
