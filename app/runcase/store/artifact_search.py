"""Searches the text files among artifacts as text: nothing is parsed, no link is followed out."""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from runcase.errors import DeniedError, NotFoundError
from runcase.store.artifact_files import OUTSIDE, confine, walk_folders
from runcase.store.artifact_places import ArtifactPlace
from runcase.store.artifacts import ArtifactFinder
from runcase.store.connection import ReadConnection
from runcase.store.models import of_run
from runcase.store.runs import get_run

MOST_HITS = 2_000
MOST_OF_FILE = 200  # hits of one file
MOST_BYTES = 64_000_000  # of one file
_MOST_UTF16 = 8_000_000
_HEAD = 8_192
_CHUNK = 1_000_000
_LONGEST = 100_000  # bytes of a line: longer ones are cut
_AROUND = 90  # characters of an excerpt on each side of what was found
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line that holds the text.

    Attributes:
        line: From 1.
        offset: The byte at which the line begins, about that where bytes are no UTF-8.
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


def search_places(connection: ReadConnection, run_ids: Sequence[str]) -> list[ArtifactPlace]:
    """Return where the files of some runs and of their logged models are said to be."""
    found = []
    for run_id in run_ids:
        run = get_run(connection, run_id)
        if run is None:
            continue
        found.append(ArtifactPlace(run_id, run.name, run.artifact_uri or ""))
        found += [
            ArtifactPlace(run_id, run.name, model.artifact_location, model.model_id)
            for model in of_run(connection, run_id)
        ]
    return found


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
        self._text, self._exact = text if exact else text.lower(), exact
        self._looked = dict.fromkeys(Looked.__slots__, 0)

    def hits(self) -> Iterator[Hit | Looked]:
        """Yield what is found in order, and between, and last, how far the search is."""
        count = 0
        for place in self._places:
            folder = self._finder.find(place.uri, place.kind_id).folder
            self._looked["runs"] += not place.model_id
            if folder is None:
                self._looked["missing"] += not place.model_id
                continue
            for path in _files(folder):
                for found in self._in_file(place, folder, path):
                    yield found
                    count += isinstance(found, Hit)
                    if count >= MOST_HITS:
                        self._looked["full"] = 1
                        yield Looked(**self._looked)
                        return
        yield Looked(**self._looked)

    def _in_file(self, place: ArtifactPlace, folder: Path, relative: str) -> Iterator[Hit | Looked]:
        try:
            path = confine(folder, relative)
            if not path.is_file():
                return  # a pipe or a device: reading it could wait for ever
            yield from self._in_text(place, folder, relative, path)
        except (OSError, NotFoundError, DeniedError):
            self._looked["unread"] += 1

    def _in_text(
        self, place: ArtifactPlace, folder: Path, relative: str, path: Path
    ) -> Iterator[Hit | Looked]:
        line, hits = 1, 0
        for offset, chunk in self._chunks(path):
            pieces = chunk.split("\n") if self._holds(chunk) else []
            start = offset
            for at, piece in enumerate(pieces):
                if self._holds(piece):
                    yield Hit(place, folder, relative, line + at, start, self._excerpt(piece))
                    hits += 1
                    if hits >= MOST_OF_FILE:
                        self._looked["cut"] += 1
                        return
                start += len(piece.encode()) + 1
            line += chunk.count("\n")
            yield Looked(**self._looked)

    def _chunks(self, path: Path) -> Iterator[tuple[int, str]]:
        """Yield whole lines as text, with the byte at which they begin; none of what is no text."""
        looked = self._looked
        with path.open("rb") as file:
            head = file.read(_HEAD)
            wide = head.startswith(_MARKS)
            if b"\0" in head and not wide:
                looked["others"] += 1
                return
            looked["files"] += 1
            file.seek(0)
            if wide:
                yield 0, file.read(_MOST_UTF16).decode("utf-16", "replace")
                return
            done = 0
            while done < MOST_BYTES and (chunk := file.read(_CHUNK)):
                chunk += file.readline(_LONGEST)
                yield done, chunk.decode("utf-8", "replace")
                done += len(chunk)
                looked["bytes"] += len(chunk)
            looked["cut"] += bool(file.read(1))

    def _holds(self, text: str) -> bool:
        return self._text in (text if self._exact else text.lower())

    def _excerpt(self, line: str) -> str:
        at = (line if self._exact else line.lower()).find(self._text)
        first, last = max(0, at - _AROUND), at + len(self._text) + _AROUND
        shown = line[first:last].strip()
        return ("…" if first else "") + shown + ("…" if last < len(line) else "")


def _files(folder: Path) -> Iterator[str]:
    for entries in walk_folders(folder):
        for entry in entries:
            if not entry.is_dir and entry.kind != OUTSIDE:
                yield entry.path
