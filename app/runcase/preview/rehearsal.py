"""Reads small files of its own in a new reader, while nobody waits for it.

A process that was just forked shares all memory with the one that it came from, and pays for each
page that it first writes to; the first table starts the threads of polars. Both is over when a
file is asked for: reading it takes a third of the time then.
"""

import io
import select
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from runcase.preview import codec, guard, memory, reader
from runcase.preview.document import Request
from runcase.preview.source import HEAD_BYTES, Source

# Whoever steps through files asks for the next one before this, and shall not wait.
_IDLE_SECONDS = 0.03
# A picture of a million pixels, decoded, converted and on its way.
_ROOM = 24 << 20
_TEXT = b"import mlflow\n\nfor step in range(10):\n    mlflow.log_metric('loss', 1 / (1 + step))\n"
_JSON = b'{"lr": 0.1, "layers": [64, 32], "name": "baseline"}'
_ROWS = 2_000


def rehearse(requests: IO[bytes], watcher: guard.Guard) -> None:
    """Read one file of each frequent kind; ends early when a request has come.

    Must be called after `Guard.close_in`, before a file is admitted.
    """
    pause = _IDLE_SECONDS
    for step in _steps(watcher):
        if select.select([requests], (), (), pause)[0]:
            return
        step()
        pause = 0


def _steps(watcher: guard.Guard) -> Iterator[Callable[[], object]]:
    yield lambda: memory.take(_ROOM)
    # What the warm process has not loaded yet is not loaded here.
    if "PIL.Image" in sys.modules:
        yield lambda: _read("picture.png", _picture())
    if "polars" in sys.modules:
        # The threads of polars stay, so they may not be such as may read the file.
        yield lambda: watcher.run_apart(_tables)
    yield lambda: _read("train.py", _TEXT)
    yield lambda: _read("params.json", _JSON)


def _read(name: str, data: bytes) -> None:
    path = Path("/", name)
    request = Request(str(path))
    source = Source(path, path.parent, len(data), data[:HEAD_BYTES], request, data)
    codec.encode(reader.open_document(source))


def _picture() -> bytes:
    import PIL.Image

    written = io.BytesIO()
    PIL.Image.new("RGB", (256, 256)).save(written, "PNG")
    return written.getvalue()


def _tables() -> None:
    import polars

    frame = polars.DataFrame(
        {
            "step": range(_ROWS),
            "loss": [1 / (1 + step) for step in range(_ROWS)],
            "name": [f"run-{step:05}" for step in range(_ROWS)],
        }
    )
    parquet = io.BytesIO()
    frame.write_parquet(parquet, compression="uncompressed")
    _read("table.parquet", parquet.getvalue())
    _read("table.csv", frame.write_csv().encode())
