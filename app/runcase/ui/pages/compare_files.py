"""The files of the compare page: artifacts, what models need, and their contents on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runcase.errors import RuncaseError, StoreError
from runcase.itemmodels import formats
from runcase.itemmodels.compare_file_rows import artifact_rows, environment_rows
from runcase.itemmodels.compare_rows import Row, Section
from runcase.itemmodels.compare_stores import Compared, Sources
from runcase.progress import Progress
from runcase.session.needs import requirements
from runcase.store.compare import LEAST
from runcase.store.compare_files import (
    Digests,
    FileAt,
    Files,
    digests,
    find_files,
)
from runcase.store.run_refs import RunRef
from runcase.ui.pages.base import Busy
from runcase.ui.widgets.compare_pane import ComparePane

if TYPE_CHECKING:
    from runcase.ui.pages.compare import ComparePage


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    files: Files
    environment: list[Row]
    artifacts: list[Row]
    is_same: bool  # as when they were listed before


@dataclass(frozen=True, slots=True, eq=False)
class _Contents:
    digests: Digests
    artifacts: list[Row]


class CompareFiles:
    """Reads files beside the window; their rows join those of the store when they are there."""

    def __init__(self, page: ComparePage) -> None:
        self._page = page
        self.pane: ComparePane | None = None
        self.files: Files = ()
        self._digests: Digests | None = None
        self._environment: list[Row] = []
        self._artifacts: list[Row] = []
        self._ids: list[str] = []
        self._reading = False
        # The path of a file that is shown once the files are listed.
        self.wanted = ""
        # Whether files are to be listed again, even of runs that have ended.
        self.is_stale = True

    def rows(self, compared: Compared) -> list[Row]:
        """Return what is known of the files of these runs; nothing before they were read."""
        if self._ids != _ids(compared):
            return []
        return [*self._environment, *self._artifacts]

    def read(self, compared: Compared) -> None:
        """List the runs' files, and read what their models need, where there can be news."""
        session, sources = self._page.session, self._page.reads.sources()
        known = self._ids == _ids(compared)
        running = any(each.run.end_time is None for each in compared.runs)
        if known and (self._reading or not (running or self.is_stale)):
            return
        self._reading, self.is_stale = True, False
        previews = self._page.context.previews
        before, contents = self.files, self._digests if known else None

        def work(progress: Progress) -> _Found:
            files = _files_of(sources, compared, progress)
            is_same = files == before
            needed = environment_rows(requirements(previews.second(), files, progress))
            rows = artifact_rows(files, contents if is_same else None)
            return _Found(files, needed, rows, is_same)

        session.ask(
            work,
            owner=self._page,
            then=lambda found: self._found(compared, found),
            failed=self._failed,
            key="compare-files",
            lane="files",
        )

    def compare_contents(self) -> None:
        """Tell by SHA-256 which files are the same; the status bar shows the progress."""
        files, page = self.files, self._page

        def work(progress: Progress) -> _Contents:
            found = digests(files, progress)
            return _Contents(found, artifact_rows(files, found))

        def done(found: _Contents) -> None:
            page.reads.set_busy(None)
            if self.files != files:
                return  # other runs are compared by now, or other files are there
            self._digests, self._artifacts = found.digests, found.artifacts
            page.model.set_rows(Section.ARTIFACTS, found.artifacts)
            known = sum(len(each) for each in found.digests)
            said = f"{formats.counted(known, 'file')} compared by SHA-256."
            page.said.emit(said if known else "No two runs have a file in common by size.", False)

        job = page.session.ask(
            work,
            owner=page,
            then=done,
            failed=self._failed,
            progressed=lambda *step: page.reads.set_busy(Busy(*step), job),
            key="digests",
            lane="files",
        )

    def show(self, row: Row, run: int) -> None:
        """Show a file of two runs: the baseline and another one that has the file."""
        model = self._page.model
        there = [at for at, text in enumerate(row.texts) if text is not None]
        with_baseline = model.baseline in there or (model.baseline >= 0 and len(there) < LEAST)
        left = model.baseline if with_baseline else there[0]
        others = [at for at in there if at != left]
        right = run if run in others else next(iter(others), 0 if left else 1)
        pane = self._pane()
        pane.show()
        pane.show_path(row.key, left, right)

    def close(self) -> None:
        """Put the pane away."""
        if self.pane is not None:
            self.pane.reader.stop()
            self.pane.hide()
            self._page.view.setFocus()

    def _pane(self) -> ComparePane:
        if self.pane is None:
            page = self._page
            self.pane = ComparePane(page.context)
            self.pane.closed.connect(self.close)
            page.splitter.addWidget(self.pane)
            page.splitter.setSizes([480, 360])
            self.pane.set_files(page.model.heads, self.files)
        return self.pane

    def _found(self, compared: Compared, found: _Found) -> None:
        self._reading = False
        ids = _ids(compared)
        if ids != self._ids or not found.is_same:
            self._digests = None
        self._ids, self.files = ids, found.files
        self._environment, self._artifacts = found.environment, found.artifacts
        page = self._page
        if page.compared is None or _ids(page.compared) != ids or not page.model.heads:
            return
        kept = [row for row in page.model.rows if row.section not in _OWN]
        page.model.show(page.model.heads, [*kept, *self.rows(compared)])
        if self.pane is not None:
            self.pane.set_files(page.model.heads, self.files)
        self.show_wanted()

    def show_wanted(self) -> None:
        """Show the file that another page asked to be compared, if the files are listed."""
        if not self._artifacts:
            return
        wanted, self.wanted = self.wanted, ""
        for row in self._artifacts:
            if wanted and row.key == wanted and sum(each is not None for each in row.texts) > 1:
                self.show(row, -1)

    def _failed(self, error: RuncaseError) -> None:
        self._reading = False
        self._page.reads.set_busy(None)
        self._page.said.emit(str(error), True)


_OWN = (Section.ENVIRONMENT, Section.ARTIFACTS)


def _ids(compared: Compared) -> list[str]:
    return [ref.spelled for ref in compared.refs]


def _files_of(sources: Sources, compared: Compared, progress: Progress) -> Files:
    """List the files of runs of several stores, none of a store that was closed meanwhile."""
    found: dict[RunRef, Mapping[str, FileAt]] = {}
    for store, part in compared.parts.items():
        try:
            listed = find_files(sources[store].finder, part.runs, progress)
        except StoreError:
            continue
        for each, files in zip(part.runs, listed, strict=True):
            found[RunRef(each.run.run_id, store)] = files
    return tuple(found.get(ref, {}) for ref in compared.refs)
