"""Runs `runcase …` as a process of its own, as a person does in a terminal."""

import os
import subprocess
import sys
from pathlib import Path

import runcase

APP = Path(runcase.__file__).parents[1]
GUARD_S = 60


def environment(**more):
    """The variables of such a process: the code under test, and no window on anybody's screen."""
    own = {"PYTHONPATH": str(APP), "PYTHONUTF8": "1", "QT_QPA_PLATFORM": "offscreen"}
    return os.environ | own | {name: str(value) for name, value in more.items()}


def start(*arguments, folder=None, **more):
    """Start a command; the caller waits for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "runcase", *map(str, arguments)],
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(*arguments, folder=None, **more):
    """Run a command; returns (exit code, what it printed, what it said on stderr)."""
    process = start(*arguments, folder=folder, **more)
    try:
        out, err = process.communicate(timeout=GUARD_S)
    finally:
        process.kill()
    return process.returncode, out, err
