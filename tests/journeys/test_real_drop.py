"""A file that another program drags onto the window of a running Runcase, on a real X display."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

PROGRAMS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool"}
SOURCE = Path(__file__).with_name("drag_source.py")
COLOUR = "#ff00fe"  # of no theme
GUARD_S = 30
# Small steps with rests: a drag begins and is taken over by the other window only then.
GESTURE = (
    "mousemove 160 180 sleep .2 mousedown 1 sleep .2 mousemove 190 190 sleep .2 "
    "mousemove 260 210 sleep .2 mousemove 760 360 sleep .3 mousemove 800 380 sleep .5 mouseup 1"
)


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
    screen = ("-screen", "0", "1500x820x24", "-nolisten", "tcp", "-displayfd", "1")
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
        }
        environment["WAYLAND_DISPLAY"] = ""
        stack.enter_context(program("openbox", environment=environment, **quiet))
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


def wait_for(answer):
    end = time.monotonic() + GUARD_S
    while not (found := answer()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.05)  # between two looks from outside, there is no event to wait for
    return found


@pytest.mark.xvfb
def test_a_file_of_another_program_is_previewed(display, tmp_path):
    path = tmp_path / "confusion.png"
    picture = QImage(400, 300, QImage.Format.Format_RGB32)
    picture.fill(QColor(COLOUR))
    assert picture.save(str(path))

    def window(title):
        return ask(display, "search", "--onlyvisible", "--name", title).partition("\n")[0]

    errors = (tmp_path / "errors.txt").open("w+", encoding="utf-8")
    with (
        errors,
        program(sys.executable, "-m", "runcase", environment=display, stderr=errors),
        program(
            sys.executable, SOURCE, path, COLOUR, environment=display, stdout=subprocess.PIPE
        ) as source,
    ):
        runcase = wait_for(lambda: window("Welcome — Runcase"))
        wait_for(lambda: window("^drag source$"))
        ask(display, "windowsize", "--sync", runcase, "1000", "650")
        ask(display, "windowmove", runcase, "420", "60")
        ask(display, *GESTURE.split())
        assert source.stdout.readline() == "dropped CopyAction\n"
        assert source.stdout.readline() == "seen\n"
        assert ask(display, "getwindowname", runcase) == "confusion.png — Runcase"
        errors.seek(0)
        assert "Traceback" not in errors.read()
