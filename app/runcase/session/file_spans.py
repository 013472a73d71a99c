"""How many spans traces have whose spans lie in a file, as releases before 3 wrote them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from runcase.preview.many import SpansAnswer, SpansQuestion
from runcase.progress import Progress
from runcase.session.many_files import answers, checked, named
from runcase.store.artifacts import ArtifactFinder
from runcase.store.records import Trace
from runcase.store.traces import LOCATION_TAG

_FILE = "traces.json"


class Reader(Protocol):
    """What is needed of a `Worker`."""

    def spans(self, question: SpansQuestion, progress: Progress) -> SpansAnswer:
        """Count the spans of some files, or of the first of them."""


@dataclass(frozen=True, slots=True)
class _File:
    trace: int
    folder: Path
    relative: str = _FILE


def with_file_spans(
    worker: Reader, finder: ArtifactFinder, traces: Sequence[Trace], progress: Progress
) -> list[Trace]:
    """Return the traces, those without spans in the store with as many as their file has.

    Raises `CancelledError`, and `PreviewError` when no worker starts.
    """
    found = list(traces)
    files: list[_File] = []
    for at, each in enumerate(traces):
        progress.check()
        location = each.tags.get(LOCATION_TAG)
        if each.spans or not location:
            continue
        folder = finder.find(location, each.trace_id).folder
        if folder is not None and (folder / _FILE).is_file():
            files.append(_File(at, folder))

    def ask(asked: Sequence[_File]) -> SpansAnswer:
        return checked(worker.spans(SpansQuestion(*named(asked)), progress), asked)

    for asked, answer in answers(files, ask):
        # A file that killed its reader has no answer, and its trace no spans.
        for file, count in zip(asked, answer.counts if answer is not None else (), strict=False):
            found[file.trace] = replace(found[file.trace], spans=count)
    return found
