"""The window's side of the worker process: starts it, asks it, and outlives it."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar

from runcase.errors import CancelledError, GoneError, PreviewError, TooBigError, UnreadableError
from runcase.preview import protocol
from runcase.preview.document import DOCUMENT_KINDS, Document, Failure, Hello, Request
from runcase.preview.many import (
    NeedsAnswer,
    NeedsQuestion,
    Question,
    SpansAnswer,
    SpansQuestion,
    TextAnswer,
    TextQuestion,
)
from runcase.preview.nursery import FORKS, Forked, Nursery, Process, spawn
from runcase.progress import Progress

T = TypeVar("T")

LIMIT_SECONDS = 15.0
_START_SECONDS = 60.0
_TURN_SECONDS = 0.05
_END_SECONDS = 2.0
_AS_BYTES = "It can still be shown as bytes."


class Worker:
    """Reads files in a process of its own; one at a time, from any thread.

    Args:
        seconds: How long one file may take.
        warms: Whether the libraries for all formats are loaded ahead: not to `look` into files.
    """

    def __init__(self, seconds: float = LIMIT_SECONDS, *, warms: bool = True) -> None:
        self._seconds = seconds
        self._warms = warms
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._nursery: Nursery | None = None
        self._spare: _Child | None = None
        self._left: list[_Child] = []

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

        Raises `GoneError`, `UnreadableError`, `TooBigError` when it takes too long, and
        `CancelledError` at once when the progress is cancelled.
        """
        progress = progress or Progress()
        path = os.path.abspath(request.path)
        if not os.path.exists(path):
            raise GoneError(
                f"{path} does not exist.", "It was moved or deleted, or its disk is not there."
            )
        asked = replace(request, path=path)
        with self._turn(progress):
            answer = self._ask(asked, (path, asked.root), Path(path).name, progress)
        if isinstance(answer, Failure):
            raise (TooBigError if answer.too_big else UnreadableError)(answer.message, answer.hint)
        if not isinstance(answer, DOCUMENT_KINDS):
            raise UnreadableError(f"{path} could not be read: the answer made no sense.")
        return answer  # type: ignore[return-value]  # DOCUMENT_KINDS are Document's members

    def look(self, question: TextQuestion, progress: Progress) -> TextAnswer:
        """Return what some files hold, or the first of them; blocks, and raises, as `read` does."""
        return self._many(question, TextAnswer, progress)

    def needs(self, question: NeedsQuestion, progress: Progress) -> NeedsAnswer:
        """Return the packages that some files name, or the first of them; as `look`."""
        return self._many(question, NeedsAnswer, progress)

    def spans(self, question: SpansQuestion, progress: Progress) -> SpansAnswer:
        """Return the numbers of spans in some files, or in the first of them; as `look`."""
        return self._many(question, SpansAnswer, progress)

    def _many(self, question: Question, kind: type[T], progress: Progress) -> T:
        name = f"One of {len(question.files):,} files"
        with self._turn(progress):
            answer = self._ask(question, question.folders, name, progress)
        if not isinstance(answer, kind):
            raise UnreadableError(f"{name} could not be read: the answer made no sense.")
        return answer

    def warm(self) -> None:
        """Start the process, which then loads its libraries, so that no preview waits for it."""
        with self._turn(Progress()):
            self._ready(Progress())

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
            for each in (self._child, self._spare, *self._left):
                if each is not None:
                    each.finish()
            self._child = self._spare = None
            self._left.clear()
            if self._nursery is not None:
                self._nursery.close()
            self._nursery = None

    @contextmanager
    def _turn(self, progress: Progress) -> Iterator[None]:
        while not self._lock.acquire(timeout=_TURN_SECONDS):
            progress.check()
        try:
            progress.check()
            yield
        finally:
            self._lock.release()

    def _ready(self, progress: Progress, place: tuple[str, ...] | None = None) -> "_Child":
        """Return the process that reads, a new one for a new place where that is cheap."""
        child = self._child
        moved = FORKS and place is not None
        if child is not None and (
            child.dead or child.is_early or (moved and child.place not in (None, place))
        ):
            child.kill()
            self._left.append(child)
            child = None
        if child is None:
            spare, self._spare = self._spare, None
            child = spare if spare is not None and not spare.dead else _Child(self._process())
        self._child = child
        child.greet(progress)
        if place is not None:
            child.place = place
        return child

    def _meanwhile(self) -> None:
        """While a file is read: let go of the last reader, and have the next one forked."""
        while self._left:
            self._left.pop().finish()
        if FORKS and self._spare is None and self._nursery is not None and self._nursery.alive:
            with suppress(PreviewError):
                self._spare = _Child(self._process())

    def _process(self) -> Process:
        try:
            if not FORKS:
                return spawn()
            if self._nursery is not None and not self._nursery.alive:
                self._nursery.close()
                self._nursery = None
            if self._nursery is None:
                self._nursery = Nursery(warms=self._warms)
            return self._nursery.fork()
        except OSError as error:
            words = self._nursery.last_words().strip().split("\n")[-1] if self._nursery else ""
            raise PreviewError(
                f"The preview worker did not start: {error.strerror}.", words
            ) from error

    def _ask(
        self,
        request: Request | Question,
        place: tuple[str, ...],
        name: str,
        progress: Progress,
    ) -> object:
        child = self._ready(progress, place)
        try:
            return child.ask(request, self._seconds, progress, self._meanwhile)
        except _DiedError as died:
            if child.answered == 0:
                raise UnreadableError(f"{name} could not be read: {died}.", _AS_BYTES) from died
        # It had answered before, whose rests may be to blame: once more in a fresh one.
        try:
            child = self._ready(progress, place)
            return child.ask(request, self._seconds, progress, self._meanwhile)
        except _DiedError as died:
            raise UnreadableError(f"{name} could not be read: {died}.", _AS_BYTES) from died


class _DiedError(Exception):
    """The process ended before it answered; the text says how."""


class _Child:
    """One process: from its start to its end it answers one request at a time."""

    def __init__(self, process: Process) -> None:
        # None but this process holds its ends of the pipes, so it ends when we do.
        self._process = process
        self.place: tuple[str, ...] | None = None
        self.dead = False
        self.answered = 0
        self._expired = False
        self._greeted = False
        self.protections: tuple[str, ...] = ()

    @property
    def is_early(self) -> bool:
        """Say whether one that is forked now would have more at hand."""
        return self.answered == 0 and isinstance(self._process, Forked) and self._process.early

    def greet(self, progress: Progress) -> None:
        """Wait for its first word, once; raises `PreviewError` when it did not start."""
        if self._greeted:
            return
        try:
            hello = self._within(_START_SECONDS, progress, None, None)
        except _DiedError as died:
            raise PreviewError(f"The preview worker did not start: {died}.") from died
        if isinstance(hello, Hello):
            self.protections = hello.protections
        self._greeted = True

    def ask(
        self,
        request: Request | Question,
        seconds: float,
        progress: Progress,
        meanwhile: Callable[[], None],
    ) -> object:
        """Return the answer; raises `_DiedError`, `TooBigError` by time, or `CancelledError`.

        `meanwhile` is called while the other side works.
        """
        answer = self._within(seconds, progress, request, meanwhile)
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
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                _close(stream)

    def _within(
        self,
        seconds: float,
        progress: Progress,
        request: Request | Question | None,
        meanwhile: Callable[[], None] | None,
    ) -> object:
        """Send a request and wait; killing the process is what ends a wait."""
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        progress.interrupted_by(self.kill)
        try:
            return self._exchange(request, meanwhile)
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

    def _exchange(
        self, request: Request | Question | None, meanwhile: Callable[[], None] | None
    ) -> object:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        if request is not None:
            protocol.send(stdin, request)
        if meanwhile is not None:
            meanwhile()
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
