"""Every bad file in the real preview: the window answers all the while, nothing else is made."""

import contextlib
import os
import sys
from pathlib import Path

import pytest

from corpus import made
from corpus.cases import CASES
from runcase.ui.widgets.preview_pane import PreviewPane
from watchdog import Watchdog

# The guard: a window that did not answer for so long counts as dead.
DEAD_SECONDS = 5.0
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="some of these names cannot be made"),
]


def children() -> set[int]:
    """Return the processes that this one started and that live."""
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        return set()
    found: set[int] = set()
    for task in tasks.iterdir():
        # A thread that ended meanwhile has no children any more.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found |= set(map(int, (task / "children").read_text().split()))
    return found


def sockets() -> set[str]:
    """Return the network sockets of this process and those below it, from the system's list."""
    files = Path("/proc/self/fd")
    if not files.exists():
        return set()
    links = set()
    for each in files.iterdir():
        try:
            links.add(os.readlink(each))
        except OSError:  # the listing's own
            continue
    numbers = {each[8:-1] for each in links if each.startswith("socket:[")}
    tables = (Path("/proc/self/net") / name for name in ("tcp", "tcp6", "udp", "udp6"))
    texts = [each.read_text() for each in tables if each.exists()]
    lines = [line.split() for text in texts for line in text.splitlines()]
    return {each[9] for each in lines if len(each) > 9} & numbers


def test_the_window_lives_through_the_corpus(context, qtbot, tmp_path):
    pane = PreviewPane(context)
    qtbot.addWidget(pane)
    pane.resize(900, 600)
    pane.show()
    shown = []
    pane.shown.connect(shown.append)
    (tmp_path / "plain.txt").write_text("x\n")
    pane.show_file(tmp_path / "plain.txt")
    qtbot.waitUntil(lambda: len(shown) == 1, timeout=30_000)
    processes, network = children(), sockets()
    watchdog = Watchdog()
    for case in CASES:
        watchdog.what = "writing a file"
        content = case.content() if callable(case.content) else case.content
        path = tmp_path / case.name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        qtbot.wait(2)  # the gap while it was written is not the window's
        watchdog.what = case.name
        before = len(shown)
        pane.show_file(path)
        qtbot.waitUntil(lambda before=before: len(shown) > before, timeout=60_000)
        pane.grab()
        qtbot.wait(0)
        assert type(shown[-1]).__name__ == case.kind, case.name
        assert case.says in shown[-1].note, case.name
    watchdog.what = "a line of a gigabyte"
    pane.show_file(made.one_line(tmp_path / "line.txt"))
    qtbot.waitUntil(lambda: shown[-1].name == "line.txt", timeout=60_000)
    qtbot.wait(0)
    watchdog.stop()
    assert children() == processes
    assert sockets() == network
    print("\n" + watchdog.said())
    assert max(watchdog.gaps.values()) < DEAD_SECONDS
