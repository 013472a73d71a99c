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
