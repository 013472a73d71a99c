"""The worker process: reads one file a request, and answers with a document or why not."""

import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
from typing import IO, NoReturn

from runcase.errors import PreviewError, TooBigError
from runcase.preview import (
    guard,
    memory,
    needs,
    nursery,
    protocol,
    reader,
    rehearsal,
    spans,
    text,
    text_search,
)
from runcase.preview.document import Document, Failure, Hello, Request
from runcase.preview.many import Answer, NeedsQuestion, Question, SpansQuestion
from runcase.preview.source import Source

# What the readers import when they first need it; imported one by one while nothing is asked.
_LIBRARIES = (
    "PIL.Image",
    "PIL.ImageOps",
    "PIL.PngImagePlugin",
    "pygments.lexers",
    "pygments.lexers.data",
    "pygments.lexers.python",
    "markdown_it",
    "nh3",
    "numpy",
    "PIL.JpegImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.WebPImagePlugin",
    "polars",
    "PySide6.QtSvg",
)
_REAP_SECONDS = 2.0


def main() -> int:
    """Serve until the window closes its end of the pipe; returns the exit code."""
    held = guard.isolate()
    memory.keep()
    try:
        if nursery.FORKS:
            with socket.socket(fileno=os.dup(0)) as control:
                _null_input()
                _wait(control, held)
            return 0
        requests, answers = _pipes()
        return _serve(requests, answers, held, guard.Guard())
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return 0


def _wait(control: socket.socket, held: tuple[str, ...]) -> None:
    """Fork a reader whenever one is asked for, and import libraries meanwhile if told so."""
    libraries: list[str] = []
    warms = False
    watcher = guard.Guard()
    while True:
        while libraries and not select.select([control], (), (), 0)[0]:
            importlib.import_module(libraries.pop())
            if not libraries:
                text.language_of("train.py", "")  # Pygments lists its lexers at the first question
                gc.freeze()  # a reader's collections need not copy what is shared
        what, pipes, _, _ = socket.recv_fds(control, 1, 2)
        if what == nursery.FORK:
            pid = os.fork()
            if pid == 0:
                control.close()
                _read_apart(pipes[0], pipes[1], held, watcher, warms)
            for pipe in pipes:
                os.close(pipe)
            control.sendall(nursery.NUMBER.pack(pid) + nursery.NUMBER.pack(len(libraries)))
        elif what == nursery.REAP:
            pid = nursery.NUMBER.unpack(control.recv(nursery.NUMBER.size, socket.MSG_WAITALL))[0]
            control.sendall(nursery.NUMBER.pack(_reap(pid)))
        elif what == nursery.WARM:
            libraries, warms = list(reversed(_LIBRARIES)), True
        else:
            return


def _reap(pid: int) -> int:
    """Return the exit code of a reader; one that closed its pipe but runs on is ended."""
    deadline = time.monotonic() + _REAP_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _read_apart(
    requests: int, answers: int, held: tuple[str, ...], watcher: guard.Guard, warms: bool
) -> NoReturn:
    """Live as a reader of one file; never returns into the process that forked it."""
    code = 1
    try:
        with os.fdopen(requests, "rb") as incoming, os.fdopen(answers, "wb") as outgoing:
            code = _serve(incoming, outgoing, held, watcher, rehearses=warms)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        code = 0
    finally:
        os._exit(code)


def _serve(
    requests: IO[bytes],
    answers: IO[bytes],
    held: tuple[str, ...],
    watcher: guard.Guard,
    *,
    rehearses: bool = False,
) -> int:
    held = (*held, *watcher.close_in())
    protocol.send(answers, Hello(held))
    if rehearses:
        rehearsal.rehearse(requests, watcher)
    while True:
        request = protocol.receive(requests)
        if isinstance(request, Request):
            protocol.send(answers, _answer(request, watcher))
        elif isinstance(request, Question):
            protocol.send(answers, _answer_many(request, watcher))
        else:
            return 2


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the two pipes away from the standard streams, where a library could print into them."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _null_input()
    return requests, answers


def _null_input() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    if sys.platform != "win32":
        # Nobody reads it before the end: a full pipe must not stop us.
        os.set_blocking(2, False)


def _answer(request: Request, watcher: guard.Guard) -> Document | Failure:
    guard.grant_cpu()
    path = os.path.join(request.path, "MLmodel") if os.path.isdir(request.path) else request.path
    watcher.admit(path)
    try:
        source = Source.peek(request)
        readers = reader.candidates(source)
        if any(each.reads_folder for each in readers):
            watcher.admit(path, str(source.root))
        if any(each.calls_native for each in readers):
            watcher.admit_native()
        watcher.shut()
        return reader.open_document(source)
    except PreviewError as error:
        return Failure(error.message, error.hint, isinstance(error, TooBigError))


def _answer_many(question: Question, watcher: guard.Guard) -> Answer:
    guard.grant_cpu()
    watcher.admit(*question.folders)
    watcher.shut()
    if isinstance(question, NeedsQuestion):
        return needs.answer(question)
    if isinstance(question, SpansQuestion):
        return spans.answer(question)
    return text_search.answer(question)


if __name__ == "__main__":
    sys.exit(main())
