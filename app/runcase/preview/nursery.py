"""The window's handles on processes that read: one forked for each file, or one for all files.

On Linux a warm process with the libraries imported forks a reader for each file (`walls.py` says
why). Elsewhere forking is not to be had or not safe, and one process reads file after file.
"""

import os
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import IO, Protocol

FORKS = sys.platform == "linux"
NUMBER = struct.Struct("<q")
FORK, REAP, WARM = b"f", b"r", b"w"
# The child sees no other: a hostile file finds no keys and tokens there.
_ENVIRONMENT = (
    "DYLD_LIBRARY_PATH FONTCONFIG_FILE FONTCONFIG_PATH HOME LANG LC_ALL LC_CTYPE LD_LIBRARY_PATH "
    "PATH QT_QPA_FONTDIR SYSTEMROOT TEMP TMP TMPDIR TZ WINDIR"
)
# A pipe's room, so that a picture crosses in few turns.
_PIPE_BYTES = 1024 * 1024


class Process(Protocol):
    """What the window needs of a process that reads."""

    @property
    def pid(self) -> int:
        """Return the system's number of it."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """Return the pipe that takes requests."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """Return the pipe that brings answers."""

    def kill(self) -> None:
        """End it at once, from any thread."""

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it ended, a signal as a negative number."""


class Nursery:
    """The warm process, and what it forks; its methods are called by one thread at a time.

    Args:
        warms: Whether it imports what the readers of formats need.
    """

    def __init__(self, *, warms: bool = True) -> None:
        own, other = socket.socketpair()
        with other:
            self._process = spawn(other.fileno())
        self._control = own
        if warms:
            own.sendall(WARM)

    @property
    def alive(self) -> bool:
        """Say whether it still runs."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """Return what it wrote to its standard error before it ended, cut to 10 kB."""
        self._process.kill()
        self._process.wait()
        stream = self._process.stderr
        return "" if stream is None else stream.read(10_000).decode("utf-8", "replace")

    def fork(self) -> "Forked":
        """Return a new reader; raises `OSError` when the process is gone."""
        theirs_in, requests = os.pipe()
        answers, theirs_out = os.pipe()
        _widen(theirs_out)
        try:
            socket.send_fds(self._control, [FORK], [theirs_in, theirs_out])
            pid, missing = self._number(), self._number()
        except OSError:
            os.close(requests)
            os.close(answers)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        return Forked(self, pid, requests, answers, early=missing > 0)

    def reap(self, pid: int) -> int:
        """Return the exit code of a reader that ended, or is ended within two seconds."""
        self._control.sendall(REAP + NUMBER.pack(pid))
        return self._number()

    def close(self) -> None:
        """End the process and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        self._control.close()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _number(self) -> int:
        data = self._control.recv(NUMBER.size, socket.MSG_WAITALL)
        if len(data) < NUMBER.size:
            raise ConnectionResetError
        return int(NUMBER.unpack(data)[0])


class Forked:
    """A reader that the warm process forked.

    Args:
        early: Whether that process had not loaded all libraries yet.
    """

    def __init__(
        self, nursery: Nursery, pid: int, requests: int, answers: int, *, early: bool
    ) -> None:
        self._nursery = nursery
        self.early = early
        self._code: int | None = None
        # Nobody reaps it before `wait`, so the number is still its own; the handle stays so.
        self._handle = os.pidfd_open(pid)
        self.pid = pid
        self.stdin: IO[bytes] | None = os.fdopen(requests, "wb")
        self.stdout: IO[bytes] | None = os.fdopen(answers, "rb")

    def __del__(self) -> None:
        os.close(self._handle)

    def kill(self) -> None:
        """End it at once, from any thread."""
        if self._code is None:
            try:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            except ProcessLookupError:  # it ended by itself
                return

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code; it is ended if it does not end by itself within two seconds."""
        if self._code is None:
            try:
                self._code = self._nursery.reap(self.pid)
            except OSError:  # the warm process is gone, and its readers with it
                self._code = -signal.SIGKILL
        return self._code


def spawn(control: int | None = None) -> "subprocess.Popen[bytes]":
    """Start a Python that knows only this package; `control` is its standard input, else a pipe."""
    return subprocess.Popen(
        _command(),
        stdin=subprocess.PIPE if control is None else control,
        stdout=subprocess.PIPE if control is None else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def environment() -> dict[str, str]:
    """Return the environment of the processes that read."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT.split() if name in os.environ}
    return kept | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "POLARS_MAX_THREADS": "2",
        # The check is for a warning, and needs ctypes, which the guard refuses.
        "POLARS_SKIP_CPU_CHECK": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--preview-worker"]
    # -P: a yaml.py that lies in the current folder is not imported.
    return [sys.executable, "-P", "-m", "runcase.preview.child"]


def _widen(pipe: int) -> None:
    import fcntl  # not on Windows

    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except OSError:  # more than a user may have: the usual room does
        return
