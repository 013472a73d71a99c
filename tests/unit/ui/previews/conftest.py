from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from runcase.preview.document import Document, Request
from runcase.preview.worker import Worker
from runcase.ui.previews.host import PreviewHost
from runcase.ui.theme import Scheme, Theme


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, Scheme.LIGHT)
    yield made
    made.deleteLater()


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


@pytest.fixture
def host(qtbot: QtBot, theme: Theme) -> PreviewHost:
    made = PreviewHost(theme)
    qtbot.addWidget(made)
    made.resize(900, 600)
    return made


@pytest.fixture
def show(
    host: PreviewHost, worker: Worker, tmp_path: Path
) -> Callable[[str, bytes | str], Document]:
    """Write a file, read it in the worker, and show it in the host."""

    def made(name: str, content: bytes | str) -> Document:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        request = Request(str(path))
        document = worker.read(request)
        host.set_request(request)
        host.show_document(document)
        host.grab()  # lays it out and paints it
        return document

    return made
