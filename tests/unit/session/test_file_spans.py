"""Spans that lie in an artifact: counted in the worker, each file for itself."""

import pytest

from runcase.errors import TooBigError
from runcase.preview.worker import Worker
from runcase.progress import Progress
from runcase.session.file_spans import with_file_spans
from runcase.store.records import Trace
from runcase.store.traces import LOCATION_TAG


class Finder:
    """Takes what the store says for a folder."""

    def find(self, uri, _kind_id):
        self.folder = uri
        return self


@pytest.fixture(scope="module")
def worker():
    with Worker(warms=False) as made:
        yield made


def trace(number, folder, spans=0):
    tags = {LOCATION_TAG: folder} if folder else {}
    return Trace(f"tr-{number}", "0", None, 0, None, "OK", spans, tags=tags)


def test_spans_in_files(worker, tmp_path):
    contents = [b'{"spans": [{}, {}]}', b"[]", b"{", b"[" * 100_000, None, b'{"spans": [1]}', b""]
    traces = [trace("none", None), trace("rows", tmp_path, spans=7)]
    for at, content in enumerate(contents):
        folder = tmp_path / str(at)
        folder.mkdir()
        if content is not None:
            (folder / "traces.json").write_bytes(content)
        traces.append(trace(at, folder))
    found = with_file_spans(worker, Finder(), traces, Progress())
    assert [each.spans for each in found] == [0, 7, 2, 0, 0, 0, 0, 1, 0]
    assert [each.trace_id for each in found] == [each.trace_id for each in traces]


def test_a_file_that_holds_up_the_reader_costs_only_itself(worker, tmp_path):
    traces = []
    for name in "abc":
        (tmp_path / name).mkdir()
        (tmp_path / name / "traces.json").write_text('{"spans": [1]}')
        traces.append(trace(name, tmp_path / name))

    class Fragile:
        def spans(self, question, progress):
            if any(each.endswith("b") for each in question.folders):
                raise TooBigError("Reading it took more than 5 s.")
            return worker.spans(question, progress)

    found = with_file_spans(Fragile(), Finder(), traces, Progress())
    assert [each.spans for each in found] == [1, 0, 1]
