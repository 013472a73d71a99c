"""A training run logs at full speed while its store is browsed: neither side waits for long."""

import json
import os
import statistics
import subprocess
from pathlib import Path

import pytest

from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.runs_loader import RunsLoader, Scope
from runcase.itemmodels.selection import RunColors
from runcase.itemmodels.wish import Wish
from runcase.session.session import Session
from runcase.session.watch import Watch
from runcase.store.experiments import list_experiments
from runcase.store.metrics import histories

LOGGER = Path(__file__).with_name("logger.py")
LONG = bool(os.environ.get("RUNCASE_LONG"))
SLICE_S, SLICES = (10, 3) if LONG else (2, 3)


@pytest.fixture
def client(interop_python, store_path):
    """The real client in a process of its own: tell it for how long to log."""
    process = subprocess.Popen(
        [str(interop_python), "-W", "ignore", str(LOGGER), str(store_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=store_path.parent,
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONUTF8": "1"},
    )
    yield process
    process.stdin.close()
    process.wait(timeout=30)
    process.stdout.close()


def begin(process, seconds):
    process.stdin.write(f"{seconds}\n")
    process.stdin.flush()


def answer(process):
    """Return the seconds of each commit; a client that was locked out has ended instead."""
    for line in process.stdout:
        if line.startswith("\x1e"):
            return json.loads(line[1:])
    raise AssertionError(f"the client ended with {process.wait()}")


class Browser:
    """Does what a person does, as fast as answers come: another page, a plot, a refresh."""

    def __init__(self, store_path, jobs, qtbot):
        self.session = Session(store_path, jobs)
        self.watch = Watch(self.session)
        self.errors = []
        self.reads = 0
        self.changes = 0
        self.session.failed.connect(self.errors.append)
        with qtbot.waitSignal(self.session.opened):
            self.session.open()
        self.loader = RunsLoader(self.session, RunsModel(RunColors()))
        self.loader.failed.connect(self.errors.append)
        self.session.changed.connect(self._changed)
        with self.session.store.read() as connection:
            self.experiments = list_experiments(connection)

    def _changed(self, _change):
        self.changes += 1
        self.loader.refresh()

    def show_another(self):
        self.reads += 1
        experiment = self.experiments[self.reads % len(self.experiments)]
        self.loader.show(Scope((experiment,)), (), Wish(()))

    def plot(self):
        frame = self.loader.model.frame
        if frame is None:
            return
        keys = [key.key for key in self.loader.keys if key.kind == "metric"][:4]
        pairs = [(run_id, key) for run_id in frame.ids[:10] for key in keys]
        self.session.ask(
            self.session.read(histories, pairs),
            owner=self.loader,
            then=lambda _found: None,
            failed=self.errors.append,
            key="plot",
        )

    def close(self):
        self.watch.set_live(False)
        self.session.close()


@pytest.mark.timeout(300)
def test_the_writer_is_not_hurt(client, store_path, jobs, qtbot, capsys):
    assert client.stdout.readline().strip() == "ready"
    browser = Browser(store_path, jobs, qtbot)
    browser.watch.set_live(False)
    alone, beside = [], []
    for _ in range(SLICES):
        begin(client, SLICE_S)
        alone += answer(client)
        browser.watch.set_live(True)
        begin(client, SLICE_S)
        for _ in range(4 * SLICE_S):
            browser.show_another()
            qtbot.wait(150)
            browser.plot()
            qtbot.wait(100)
        beside += answer(client)
        browser.watch.set_live(False)
    browser.close()
    assert not browser.errors
    assert browser.changes
    first, second = statistics.median(alone), statistics.median(beside)
    with capsys.disabled():
        print(
            f"\nmedian commit alone {first * 1000:.2f} ms ({len(alone)}), beside Runcase "
            f"{second * 1000:.2f} ms ({len(beside)}), ratio {second / first:.2f}, "
            f"slowest {max(alone) * 1000:.0f} and {max(beside) * 1000:.0f} ms, "
            f"{browser.reads} pages, {browser.changes} refreshes"
        )
