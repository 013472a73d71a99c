"""What the logged models of compared runs need: read by the worker, many files at once."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from runcase.preview.many import NeedsAnswer, NeedsQuestion
from runcase.progress import Progress
from runcase.session.many_files import answers, checked, named
from runcase.store.compare_files import FileAt

_NAMES = ("requirements.txt", "conda.yaml", "python_env.yaml")


class Reader(Protocol):
    """What is needed of a `Worker`."""

    def needs(self, question: NeedsQuestion, progress: Progress) -> NeedsAnswer:
        """Read the packages of some files, or of the first of them."""


def requirements(
    worker: Reader, runs: Sequence[Mapping[str, FileAt]], progress: Progress
) -> list[dict[str, str]]:
    """Return of each run a version by package, and that of Python; files that fail say nothing.

    Raises `CancelledError`, and `PreviewError` when no worker starts.
    """
    found: list[dict[str, str]] = [{} for _ in runs]
    owners: list[int] = []
    files: list[FileAt] = []
    for run, each in enumerate(runs):
        for path in sorted(path for path in each if path.rpartition("/")[2] in _NAMES):
            owners.append(run)
            files.append(each[path])

    def ask(asked: Sequence[FileAt]) -> NeedsAnswer:
        return checked(worker.needs(NeedsQuestion(*named(asked)), progress), asked)

    at = 0
    for _, answer in answers(files, ask):
        for packages in answer.packages if answer is not None else ((),):
            for package, version in packages:
                found[owners[at]].setdefault(package, version)
            at += 1
    return found
