from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from runcase.preview.document import Document, Request, Text
from runcase.session.previews import Previews


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
