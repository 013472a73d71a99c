"""Listing a large folder of artifacts, against `os.scandir` with `stat` alone.

Run on request: `python3 packaging/dev.py test -s tests/speed/bench_artifacts.py`.
"""

import os
import statistics
import time

import pytest

from runcase.itemmodels.artifacts import ArtifactGroup, ArtifactModel, Order
from runcase.preview.worker import Worker
from runcase.progress import Progress
from runcase.session.text_search import Search
from runcase.store.artifact_files import walk
from runcase.store.artifact_places import ArtifactPlace

FILES = 10_000
ROUNDS = 9


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("many")
    for at in range(FILES):
        (made / f"file_{at:05}.txt").write_bytes(b"text " * (at % 50))
    return made


class Finder:
    """Finds the one folder there is."""

    def __init__(self, folder):
        self.folder = folder

    def find(self, _uri, _kind_id):
        return self


def took(work):
    """Return the median of some rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def scanned(folder):
    with os.scandir(folder) as entries:
        return [(each.name, each.stat().st_size, each.stat().st_mtime) for each in entries]


@pytest.mark.speed
def test_ten_thousand_files_are_listed(folder):
    """At most three times `os.scandir` with `stat`."""
    least, ours = took(lambda: scanned(folder)), took(lambda: walk(folder))
    print(f"\nlisted {FILES:,}: {ours * 1000:.0f} ms, {ours / least:.2f} x scandir with stat")
    assert ours <= 3 * least


@pytest.mark.speed
def test_ten_thousand_rows_are_shown(folder, qapp):
    """Beside the window's event loop nothing else is done: how long it may be held up."""
    model, entries = ArtifactModel(), tuple(walk(folder))
    group = ArtifactGroup("", "", entries, folder)
    orders = iter([Order.SIZE, Order.NAME] * ROUNDS)
    ours = took(lambda: model.show([group], order=next(orders)))
    print(f"\nshown {FILES:,} rows in another order: {ours * 1000:.0f} ms")


@pytest.mark.speed
def test_ten_thousand_files_are_searched(folder):
    """Against reading the bytes of each file."""
    place = ArtifactPlace("a" * 32, "run", "uri")

    def read():
        return [path.read_bytes() for path in folder.iterdir()]

    least = took(read)
    with Worker(warms=False) as worker:
        worker.warm()

        def search():
            return list(Search(Finder(folder), [place], "nowhere").hits(worker, Progress()))

        ours = took(search)
    print(f"\nsearched {FILES:,} files: {ours * 1000:.0f} ms, {ours / least:.1f} x reading them")
