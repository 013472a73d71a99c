"""The window's side of the worker process: starts it, asks it, and outlives it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from runcase.errors import CancelledError, PreviewError, TooBigError, UnreadableError
from runcase.preview import protocol
from runcase.preview.document import DOCUMENT_KINDS, Document, Failure, Hello, Request
from runcase.progress import Progress

LIMIT_SECONDS = 15.0
_START_SECONDS = 60.0
_TURN_SECONDS = 0.05
_END_SECONDS = 2.0
_AS_BYTES = "It can still be shown as bytes."
# The child sees no other: a hostile file finds no keys and tokens there.
_ENVIRONMENT = (
    "DYLD_LIBRARY_PATH FONTCONFIG_FILE FONTCONFIG_PATH HOME LANG LC_ALL LC_CTYPE LD_LIBRARY_PATH "
    "PATH QT_QPA_FONTDIR SYSTEMROOT TEMP TMP TMPDIR TZ WINDIR"
)


class Worker:
    """Reads files in a process of its own; one at a time, from any thread.

    Args:
        seconds: How long one file may take.
    """

    def __init__(self, seconds: float = LIMIT_SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, request: Request, progress: Progress | None = None) -> Document:
        """Return what a file holds; blocks, so it is called from a job.

        Raises `UnreadableError`, `TooBigError` when it takes too long, and `CancelledError` at
        once when the progress is cancelled.
        """
        progress = progress or Progress()
        path = os.path.abspath(request.path)
        if not os.path.exists(path):
            raise UnreadableError(f"{path} does not exist.")
        asked = Request(path, request.root, request.as_bytes, request.offset, request.count)
        with self._turn(progress):
            answer = self._ask(asked, progress)
        if isinstance(answer, Failure):
            raise (TooBigError if answer.too_big else UnreadableError)(answer.message, answer.hint)
        if not isinstance(answer, DOCUMENT_KINDS):
            raise UnreadableError(f"{path} could not be read: the answer made no sense.")
        return answer  # type: ignore[return-value]  # DOCUMENT_KINDS are Document's members

    def warm(self) -> None:
        """Start the process and load its libraries, so that the first preview need not wait."""
        with self._turn(Progress()):
            self._ready(Progress()).ask(Request(""), _START_SECONDS, Progress())

    def protections(self) -> tuple[str, ...]:
        """Return what holds the process in on this system, in words; starts it if need be."""
        with self._turn(Progress()):
            return self._ready(Progress()).protections

    def close(self) -> None:
        """Stop the process, in the middle of a file if it has one."""
        child = self._child
        if child is not None:
            child.kill()
        with self._lock:
            if self._child is not None:
                self._child.finish()
            self._child = None

    @contextmanager
    def _turn(self, progress: Progress) -> Iterator[None]:
        while not self._lock.acquire(timeout=_TURN_SECONDS):
            progress.check()
        try:
            progress.check()
            yield
        finally:
            self._lock.release()

    def _ready(self, progress: Progress) -> "_Child":
        if self._child is None or self._child.dead:
            if self._child is not None:
                self._child.finish()
            self._child = _Child(progress)
        return self._child

    def _ask(self, request: Request, progress: Progress) -> object:
        child = self._ready(progress)
        try:
            return child.ask(request, self._seconds, progress)
        except _DiedError as died:
            if child.answered == 0:
                raise UnreadableError(
                    f"{Path(request.path).name} could not be read: {died}.", _AS_BYTES
                ) from died
        # It had read other files before, whose rests may be to blame: once more in a fresh one.
        try:
            return self._ready(progress).ask(request, self._seconds, progress)
        except _DiedError as died:
            raise UnreadableError(
                f"{Path(request.path).name} could not be read: {died}.", _AS_BYTES
            ) from died


class _DiedError(Exception):
    """The process ended before it answered; the text says how."""


class _Child:
    """One process: from its start to its end it answers one request at a time."""

    def __init__(self, progress: Progress) -> None:
        # None but this process holds its ends of the pipes, so it ends when we do.
        try:
            self._process = subprocess.Popen(
                _command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise PreviewError(f"The preview worker did not start: {error.strerror}.") from error
        self.dead = False
        self.answered = 0
        self._expired = False
        self.protections: tuple[str, ...] = ()
        try:
            hello = self._within(_START_SECONDS, progress, None)
        except _DiedError as died:
            words = self.last_words.strip().split("\n")[-1]
            raise PreviewError(f"The preview worker did not start: {died}.", words) from died
        if isinstance(hello, Hello):
            self.protections = hello.protections

    @property
    def last_words(self) -> str:
        """Return what a process that ended wrote to its standard error, cut to 10 kB."""
        stream = self._process.stderr
        if stream is None or stream.closed or not self.dead:
            return ""
        self._process.wait()
        return stream.read(10_000).decode("utf-8", "replace")

    def ask(self, request: Request, seconds: float, progress: Progress) -> object:
        """Return the answer; raises `_DiedError`, `TooBigError` by time, or `CancelledError`."""
        answer = self._within(seconds, progress, request)
        self.answered += 1
        return answer

    def kill(self) -> None:
        """End the process at once, from any thread."""
        self.dead = True
        self._process.kill()

    def finish(self) -> None:
        """End the process and let go of its pipes."""
        self.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                _close(stream)

    def _within(self, seconds: float, progress: Progress, request: Request | None) -> object:
        """Send a request and wait; killing the process is what ends a wait."""
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        progress.interrupted_by(self.kill)
        try:
            return self._exchange(request)
        except (EOFError, OSError) as error:
            code = self._end()
            if progress.cancelled:
                raise CancelledError from error
            if self._expired:
                raise TooBigError(
                    f"Reading it took more than {seconds:g} s, so it was stopped.", _AS_BYTES
                ) from error
            raise _DiedError(_words(code)) from error
        except UnreadableError:
            self.kill()  # its answers cannot be trusted any more
            raise
        finally:
            progress.interrupted_by(None)
            timer.cancel()

    def _exchange(self, request: Request | None) -> object:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        if request is not None:
            protocol.send(stdin, request)
        return protocol.receive(stdout)

    def _end(self) -> int:
        """Wait for a process that closed its pipe, so that its own exit code is known."""
        try:
            code = self._process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            code = 0
        self.kill()
        return code

    def _expire(self) -> None:
        self._expired = True
        self.kill()


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--preview-worker"]
    # -P: a yaml.py that lies in the current folder is not imported.
    return [sys.executable, "-P", "-m", "runcase.preview.child"]


def _environment() -> dict[str, str]:
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


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:  # a request that could not be flushed to a process that is gone
        return


def _words(code: int) -> str:
    """Say how a process ended, by its exit code."""
    if code == -getattr(signal, "SIGXCPU", 0):
        return "it used too much processor time"
    if code < 0:
        return f"its reader was ended by signal {-code}"
    return "its reader failed"
