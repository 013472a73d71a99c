"""Finds the folders of a run's files and lists them, piece by piece where there are many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from runcase.errors import RuncaseError
from runcase.itemmodels.artifacts import ArtifactGroup
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.session.stream import Stream
from runcase.store.artifact_files import walk_folders
from runcase.store.records import ArtifactEntry, ArtifactFolder, RunDetail

_FIRST = 2_000  # files that are listed before the first of them are shown
_Part = tuple[str, list[ArtifactEntry]]


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of a run and of its logged models; `folders` by group key, the run's own is ""."""

    groups: tuple[ArtifactGroup, ...]
    folders: dict[str, ArtifactFolder]


class ArtifactListing(QObject):
    """Lists one run at a time; `changed` follows each piece, and says whether it was the last."""

    changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._titles: list[tuple[str, str]] = []
        self._folders: dict[str, ArtifactFolder] = {}
        self._entries: dict[str, list[ArtifactEntry]] = {}
        self._stream: Stream[_Part] | None = None
        self._is_known, self._next_count = False, _FIRST
        self.found: FoundFiles | None = None

    def list_run(self, found: RunDetail, fresh: bool) -> None:
        """List the files of a run; those that were found before stay until then, or go."""
        self.stop()
        if fresh:
            self.found = None
        self._session.ask(
            lambda progress: find_folders(self._session, found, progress),
            owner=self,
            then=lambda folders: self._located(folders, found),
            failed=self.failed.emit,
            key="folders",
        )

    def stop(self) -> None:
        """List no further; what was listed stays."""
        if self._stream is not None and self._stream.is_running:
            self._stream.stop()
            self._finish()

    def _located(self, folders: dict[str, ArtifactFolder], found: RunDetail) -> None:
        self._folders = folders
        self._titles = [("", "")]
        for model in found.logged_models:
            if model.model_id in folders:
                self._titles.append((model.model_id, f"{model.name} (logged model)"))
        self._entries = {key: [] for key, _ in self._titles}
        places = [(key, each.folder) for key, each in folders.items() if each.folder is not None]
        self._is_known, self._next_count = self.found is not None, _FIRST
        self._stream = Stream(
            self._session.jobs,
            lambda _progress: _listing(places),
            owner=self,
            then=self._listed,
            finished=self._finish,
            failed=self._failed,
            key="files",
        )

    def _listed(self, parts: list[_Part]) -> None:
        for key, entries in parts:
            self._entries[key] += entries
        # Of 100,000 files the tree is made anew a few times, not a thousand.
        count = sum(len(each) for each in self._entries.values())
        if not self._is_known and count >= self._next_count:
            self._next_count = 2 * count
            self._publish()
            self.changed.emit(False)

    def _finish(self) -> None:
        self._publish()
        self.changed.emit(True)

    def _failed(self, error: RuncaseError) -> None:
        self.failed.emit(error)

    def _publish(self) -> None:
        groups = tuple(
            ArtifactGroup(key, title, tuple(self._entries[key]), self._folders[key].folder)
            for key, title in self._titles
        )
        self.found = FoundFiles(groups, self._folders)


def find_folders(
    session: Session, found: RunDetail, progress: Progress
) -> dict[str, ArtifactFolder]:
    """Resolve where the artifacts of a run and of its logged models lie; on a worker thread.

    When the run's own folder is not found, the opened folder is searched once for folders named
    after runs and models.
    """
    finder = session.finder
    run = found.run
    own = finder.find(run.artifact_uri, run.run_id)
    if own.folder is None and not finder.is_indexed:
        finder.index(progress)
        own = finder.find(run.artifact_uri, run.run_id)
    folders = {"": own}
    for model in found.logged_models:
        place = finder.find(model.artifact_location, model.model_id)
        if place.folder is not None:
            folders[model.model_id] = place
    return folders


def _listing(places: Sequence[tuple[str, Path]]) -> Iterator[_Part]:
    for key, folder in places:
        for entries in walk_folders(folder):
            yield key, entries
