from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runcase.preview.document import Document, Request
from runcase.preview.worker import Worker


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    def made(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return made


@pytest.fixture
def read(worker: Worker, write: Callable[..., Path]) -> Callable[..., Document]:
    """Write a file and read it in the worker process."""

    def made(name: str, content: bytes | str, **request: Any) -> Document:
        return worker.read(Request(str(write(name, content)), **request))

    return made
