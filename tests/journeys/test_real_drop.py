"""Files dragged between Runcase and other programs, in and out, on a real X display."""

import os
import select
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from shared import ROOT

PROGRAMS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool"}
SOURCE = Path(__file__).with_name("drag_source.py")
TARGET = Path(__file__).with_name("drop_target.py")
COLOUR = "#ff00fe"  # of no theme
GUARD_S = 30
TRIES, PATIENCE_S = 4, 5
# Small steps with rests: a drag begins and is taken over by the other window only then.
GESTURE = (
    "mousemove 160 180 sleep .2 mousedown 1 sleep .2 mousemove 190 190 sleep .2 "
    "mousemove 260 210 sleep .2 mousemove 760 360 sleep .3 mousemove 800 380 sleep .5 mouseup 1"
)

TO_TARGET = (
    "mousemove {x} {y} sleep .2 mousedown 1 sleep .2 mousemove {x1} {y1} sleep .2 "
    "mousemove 300 450 sleep .2 mousemove 200 500 sleep .3 mousemove 180 520 sleep .5 mouseup 1"
)
# From the top of the window below its frame: the bar over the preview, and the first row beside it.
BAR, FIRST_ROW = 66, 98


@contextmanager
def program(*command, environment=None, **options):
    """A program that ends with the test, together with nothing else."""
    process = subprocess.Popen(
        [str(part) for part in command],
        env=os.environ | (environment or {}),
        text=True,
        encoding="utf-8",
        **options,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=GUARD_S)


@pytest.fixture
def display(tmp_path):
    """The environment of programs on an X display of this test's own, with a window manager."""
    missing = sorted(package for name, package in PROGRAMS.items() if not shutil.which(name))
    if missing or not sys.platform.startswith("linux"):
        pytest.skip(f"sudo apt-get install -y --no-install-recommends {' '.join(missing)}")
    quiet = {"stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    # A server begins anew when its last client leaves, and refuses who comes meanwhile.
    screen = ("-screen", "0", "1500x820x24", "-nolisten", "tcp", "-noreset", "-displayfd", "1")
    with ExitStack() as stack:
        server = stack.enter_context(program("Xvfb", *screen, stdout=subprocess.PIPE, **quiet))
        number = server.stdout.readline().strip()  # said once the display may be used
        assert number, "Xvfb did not start"
        environment = {
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "XDG_DATA_HOME": str(tmp_path / "data"),
            "RUNCASE_INSTANCE": str(tmp_path),
            "PYTHONPATH": str(ROOT / "app"),
        }
        environment["WAYLAND_DISPLAY"] = ""
        stack.enter_context(program("openbox", environment=environment, **quiet))
        wait_for(lambda: ask(environment, "get_num_desktops"))  # which a window manager says
        yield environment


def ask(environment, *command):
    """Run xdotool; returns what it prints, "" when it fails."""
    done = subprocess.run(
        ["xdotool", *command],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=GUARD_S,
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def drag(environment, gesture, program):
    """Drag until the other program says something; on a busy machine a gesture may be lost."""
    for _ in range(TRIES):
        ask(environment, *gesture.split())
        if select.select([program.stdout], [], [], PATIENCE_S)[0]:
            return program.stdout.readline()
    return ""


def wait_for(answer):
    end = time.monotonic() + GUARD_S
    while not (found := answer()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.05)  # between two looks from outside, there is no event to wait for
    return found


def window(display, title):
    return ask(display, "search", "--onlyvisible", "--name", title).partition("\n")[0]


def drawn(path):
    picture = QImage(400, 300, QImage.Format.Format_RGB32)
    picture.fill(QColor(COLOUR))
    assert picture.save(str(path))
    return path


@contextmanager
def runcase(display, tmp_path, title, *paths):
    """The program with its window at a known place; it may not have said anything bad."""
    errors = (tmp_path / "errors.txt").open("w+", encoding="utf-8")
    command = (sys.executable, "-m", "runcase", *paths)
    with errors, program(*command, environment=display, stderr=errors):
        found = wait_for(lambda: window(display, title))
        ask(display, "windowsize", "--sync", found, "1000", "650")
        ask(display, "windowmove", found, "420", "60")
        yield found
        errors.seek(0)
        assert "Traceback" not in errors.read()


@contextmanager
def source(display, *paths):
    """The program that files are dragged from, at the top left of the screen."""
    command = (sys.executable, SOURCE, COLOUR, *paths)
    with program(*command, environment=display, stdout=subprocess.PIPE) as made:
        wait_for(lambda: window(display, "^drag source$"))
        yield made


@pytest.mark.xvfb
def test_a_file_of_another_program_is_previewed(display, tmp_path):
    path = drawn(tmp_path / "confusion.png")
    with runcase(display, tmp_path, "Welcome — Runcase") as found, source(display, path) as other:
        assert drag(display, GESTURE, other) == "dropped CopyAction\n"
        assert other.stdout.readline() == "seen\n"
        assert ask(display, "getwindowname", found) == "confusion.png — Runcase"


@pytest.mark.xvfb
def test_several_files_of_another_program_are_listed(display, tmp_path):
    paths = [drawn(tmp_path / name) for name in ("a.png", "b.png")]
    with runcase(display, tmp_path, "Welcome — Runcase") as found, source(display, *paths) as other:
        assert drag(display, GESTURE, other) == "dropped CopyAction\n"
        assert other.stdout.readline() == "seen\n"
        assert ask(display, "getwindowname", found) == "2 files — Runcase"


@pytest.mark.xvfb
def test_artifacts_are_dragged_to_another_program(display, tmp_path):
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        path.write_text("x,y\n1,2\n", encoding="utf-8")
    target = program(sys.executable, TARGET, environment=display, stdout=subprocess.PIPE)
    with runcase(display, tmp_path, "2 files — Runcase", *paths) as found, target as other:
        wait_for(lambda: window(display, "^drop target$"))
        place = ask(display, "getwindowgeometry", "--shell", found).splitlines()
        at = {key: int(value) for key, _, value in (each.partition("=") for each in place)}
        x, y = at["X"] + 100, at["Y"] + FIRST_ROW
        rows = f"mousemove {x} {y} sleep .3 click 1 sleep .3 key ctrl+a sleep .3"
        ask(display, *rows.split())
        gesture = partial(TO_TARGET.format, x1=x - 20, y1=y + 10)
        both = "\t".join(map(str, paths))
        assert drag(display, gesture(x=x, y=y), other) == f"{both}\n"
        # Out of the bar over the preview, too: the file that is shown.
        assert drag(display, gesture(x=at["X"] + 600, y=at["Y"] + BAR), other) == f"{paths[0]}\n"
