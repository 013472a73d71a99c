"""The worker process: reads one file a request, and answers with a document or why not."""

import importlib
import os
import sys
from typing import IO

from runcase.errors import PreviewError, TooBigError
from runcase.preview import guard, protocol, reader
from runcase.preview.document import Document, Failure, Hello, Request
from runcase.preview.source import Source

# What the readers import when they first need it; loaded early when the window is idle.
_LIBRARIES = (
    "PIL.GifImagePlugin",
    "PIL.ImageOps",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.WebPImagePlugin",
    "markdown_it",
    "nh3",
    "polars",
    "pygments.lexers.data",
    "pygments.lexers.python",
)


def main() -> int:
    """Serve until the window closes its end of the pipe; returns the exit code."""
    requests, answers = _pipes()
    held = guard.isolate()
    watcher = guard.Guard()
    watcher.install()
    hello = Hello((*held, "audit hook"))
    try:
        protocol.send(answers, hello)
        while True:
            request = protocol.receive(requests)
            if not isinstance(request, Request):
                return 2
            protocol.send(answers, _answer(request, watcher) if request.path else _warm(hello))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return 0


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the two pipes away from the standard streams, where a library could print into them."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    if sys.platform != "win32":
        # Nobody reads it before the end: a full pipe must not stop us.
        os.set_blocking(2, False)
    return requests, answers


def _answer(request: Request, watcher: guard.Guard) -> Document | Failure:
    guard.grant_cpu()
    path = os.path.join(request.path, "MLmodel") if os.path.isdir(request.path) else request.path
    watcher.admit(path)
    try:
        source = Source.peek(request)
        if any(each.reads_folder for each in reader.candidates(source)):
            watcher.admit(path, str(source.root))
        return reader.open_document(source)
    except PreviewError as error:
        return Failure(error.message, error.hint, isinstance(error, TooBigError))


def _warm(hello: Hello) -> Hello:
    for library in _LIBRARIES:
        importlib.import_module(library)
    return hello


if __name__ == "__main__":
    sys.exit(main())
