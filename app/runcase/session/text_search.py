"""Searches the text files among artifacts: listed here, read and looked through by the worker."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from runcase.errors import UnreadableError
from runcase.preview.many import Mark, TextAnswer, TextQuestion
from runcase.progress import Progress
from runcase.session.many_files import TOGETHER, answers, named
from runcase.store.artifact_files import OUTSIDE, walk_folders
from runcase.store.artifact_places import ArtifactPlace
from runcase.store.artifacts import ArtifactFinder

MOST_HITS = 2_000
_WAIT_S = 0.2  # so long files are collected for one


@dataclass(frozen=True, slots=True)
class Hit:
    """One line that holds the text.

    Attributes:
        line: From 1.
        offset: The byte at which the line begins, about that where bytes make no characters.
        excerpt: The line, or what is around the text in a long one.
    """

    place: ArtifactPlace
    folder: Path
    relative: str
    line: int
    offset: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Looked:
    """How far the search is, and what it left out.

    Attributes:
        files: Text files that were looked through.
        others: Files that are no text.
        unread: Files that could not be read.
        cut: Files of which only the beginning was looked through.
        missing: Runs whose files are not on this machine.
        full: 1 when the search ended because there were too many hits.
    """

    runs: int = 0
    files: int = 0
    bytes: int = 0
    others: int = 0
    unread: int = 0
    cut: int = 0
    missing: int = 0
    full: int = 0


class Looker(Protocol):
    """What the search needs of a `Worker`."""

    def look(self, question: TextQuestion, progress: Progress) -> TextAnswer:
        """Look through some files, or the first of them."""


@dataclass(frozen=True, slots=True)
class _File:
    place: ArtifactPlace
    folder: Path
    relative: str


class Search:
    """One search through the files of some places; `hits` is a generator for a worker thread."""

    def __init__(
        self,
        finder: ArtifactFinder,
        places: Sequence[ArtifactPlace],
        text: str,
        *,
        exact: bool = False,
    ) -> None:
        self._finder, self._places = finder, places
        self._text, self._exact = text, exact
        self._looked = dict.fromkeys(Looked.__slots__, 0)
        self._count = 0
        self._mark = Mark()  # where the first file that is left is gone on with

    def hits(self, worker: Looker, progress: Progress) -> Iterator[Hit | Looked]:
        """Yield what is found in order, and between, and last, how far the search is.

        Raises `CancelledError`, and `PreviewError` when no worker starts.
        """
        for files in self._portions():
            yield from self._in_files(worker, files, progress)
            if self._looked["full"]:
                break
        yield Looked(**self._looked)

    def _portions(self) -> Iterator[list[_File]]:
        """Yield files to ask for at once; few or none where listing them takes long."""
        files: list[_File] = []
        end = time.monotonic() + _WAIT_S
        for place in self._places:
            folder = self._finder.find(place.uri, place.kind_id).folder
            self._looked["runs"] += not place.model_id
            if folder is None:
                self._looked["missing"] += not place.model_id
                continue
            for relatives in _files(folder):
                files += [_File(place, folder, each) for each in relatives]
                while len(files) >= TOGETHER:
                    yield files[:TOGETHER]
                    files = files[TOGETHER:]
                if time.monotonic() > end:
                    yield files
                    files, end = [], time.monotonic() + _WAIT_S
        yield files

    def _in_files(
        self, worker: Looker, files: list[_File], progress: Progress
    ) -> Iterator[Hit | Looked]:
        self._mark = Mark()

        def ask(asked: Sequence[_File]) -> TextAnswer:
            most = MOST_HITS - self._count
            question = TextQuestion(*named(asked), self._text, self._exact, most, self._mark)
            answer = worker.look(question, progress)
            _check(answer, question)
            return answer

        for asked, answer in answers(files, ask):
            if answer is None:
                self._looked["unread"] += 1
                self._mark = Mark()
            else:
                self._mark = answer.mark
                self._add(answer)
                for each in answer.lines:
                    file = asked[each.file]
                    where = (file.place, file.folder, file.relative)
                    yield Hit(*where, each.line, each.offset, each.excerpt)
            if self._looked["full"]:
                return
            yield Looked(**self._looked)
        yield Looked(**self._looked)

    def _add(self, answer: TextAnswer) -> None:
        looked = self._looked
        self._count += len(answer.lines)
        looked["full"] = int(self._count >= MOST_HITS)
        looked["files"] += answer.texts
        looked["others"] += answer.others
        looked["unread"] += answer.unread
        looked["cut"] += answer.cut
        looked["bytes"] += answer.bytes


def _check(answer: TextAnswer, question: TextQuestion) -> None:
    """Raise `UnreadableError` if an answer makes no sense: its reader may have been taken over."""
    further = answer.done > 0 or answer.mark.offset > question.start.offset
    count = len(question.files)
    known = 0 <= answer.done <= count and all(0 <= each.file < count for each in answer.lines)
    if not further or not known or len(answer.lines) > question.most:
        raise UnreadableError("The preview worker gave an answer that makes no sense.")


def _files(folder: Path) -> Iterator[list[str]]:
    for entries in walk_folders(folder):
        yield [each.path for each in entries if not each.is_dir and each.kind != OUTSIDE]
