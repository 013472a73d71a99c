import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from pytestqt.qtbot import QtBot

from runcase.preview.document import Document, Request, Text
from runcase.progress import Progress
from runcase.session.jobs import Jobs
from runcase.session.previews import Previews
from runcase.session.stream import Stream


def test_a_warmed_worker_runs_before_the_first_file(
    qtbot: QtBot, previews: Previews, tmp_path: Path
) -> None:
    assert previews._worker is None, "nobody starts it who does not preview"
    previews.warm()
    qtbot.waitUntil(lambda: previews._worker is not None and previews._worker._child is not None)
    path = tmp_path / "a.txt"
    path.write_text("x")
    shown: list[Document] = []
    take: Callable[[Document], None] = shown.append
    previews.ask(Request(str(path)), owner=previews, then=take, failed=lambda error: None)
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert isinstance(shown[0], Text)


def test_the_second_worker_is_another_and_ends_too(previews: Previews) -> None:
    second = previews.second()
    assert previews.second() is second
    assert previews._worker is not second
    second.warm()
    assert second._child is not None
    process = second._child._process
    previews.close()
    assert process.wait() != 0
    assert previews._second is None


def test_no_preview_waits_for_a_search(
    qtbot: QtBot, previews: Previews, jobs: Jobs, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    searching, done = threading.Event(), threading.Event()

    def search(_progress: Progress) -> Iterator[int]:
        searching.set()
        done.wait(30)
        yield 1

    stream = Stream(
        jobs,
        search,
        owner=previews,
        then=lambda _found: None,
        finished=lambda: None,
        failed=lambda _error: None,
        key="search",
        lane="search",
    )
    assert searching.wait(10)
    shown: list[Document] = []
    take: Callable[[Document], None] = shown.append
    previews.ask(Request(str(path)), owner=previews, then=take, failed=lambda error: None)
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert stream.is_running
    done.set()
    qtbot.waitUntil(lambda: not stream.is_running)
