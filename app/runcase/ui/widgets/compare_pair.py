"""Reads one artifact of two runs through the preview worker, and what differs between them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from runcase.errors import RuncaseError
from runcase.preview.compare_json import laid_out as tree_laid_out
from runcase.preview.compare_tables import TableDifference, table_difference
from runcase.preview.document import (
    Array,
    Document,
    Image,
    Log,
    Model,
    Page,
    Request,
    Table,
    Text,
    Tree,
)
from runcase.preview.table import CELLS
from runcase.progress import Progress
from runcase.session.jobs import Job
from runcase.store.artifact_files import confine
from runcase.store.compare_files import FileAt
from runcase.store.compare_lines import TextDifference, difference, laid_out
from runcase.ui.context import Context

# The worker gives fewer rows of wide tables.
_ROWS = 20_000
_CUT = "Only a part of the texts is compared."


@dataclass(frozen=True, slots=True, eq=False)
class ImagePair:
    """Two pictures as the worker decoded them."""

    left: Image
    right: Image


Difference = TextDifference | TableDifference | ImagePair


class PairReader(QObject):
    """Asks for both sides; `found` carries a `Difference`, None of files of two kinds.

    `failed` carries a `RuncaseError`: a file is gone, or leads out of its folder.
    """

    found = Signal(object)
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._turn = 0
        self._requests: tuple[Request, Request] | None = None
        self._documents: list[Document | None] = [None, None]
        self._jobs: list[Job[Any]] = []
        self.canonical = True
        self.key = ""

    def read(self, left: FileAt, right: FileAt) -> None:
        """Read two files; what was asked for before is not answered any more."""
        self._begin()
        self.key = ""
        turn = self._turn

        def find(_progress: Progress) -> tuple[Request, Request]:
            made = [
                Request(str(confine(each.folder, each.relative)), str(each.folder))
                for each in (left, right)
            ]
            return made[0], made[1]

        self._context.jobs.submit(
            find,
            owner=self,
            then=lambda requests: self._ask(turn, *requests),
            failed=self.failed.emit,
            key="find",
            lane="files",
        )

    def stop(self) -> None:
        """Give up what is being read."""
        self._begin()
        for job in self._jobs:
            job.cancel()
        self._jobs = []

    def set_canonical(self, canonical: bool) -> None:
        """Compare JSON laid out alike, or as it stands."""
        self.canonical = canonical
        self._compare()

    def align(self, key: str) -> None:
        """Align the rows of tables by another column, "" for the row number."""
        self.key = key
        self._compare()

    def move(self, by: int) -> None:
        """Compare the next window of rows of two tables, or the one before."""
        found = (_table(each) for each in self._documents if each is not None)
        tables = [each for each in found if each is not None]
        if self._requests is None or len(tables) != len(self._documents):
            return
        step = _step(tables)
        first = max(0, max(each.first for each in tables) + by * step)
        requests = [replace(each, offset=first, count=step) for each in self._requests]
        self._begin()
        self._ask(self._turn, *requests)

    def _begin(self) -> None:
        self._turn += 1
        self._documents = [None, None]

    def _ask(self, turn: int, left: Request, right: Request) -> None:
        if turn != self._turn:
            return
        self._requests = left, right
        self._jobs = [
            self._context.previews.ask(
                request,
                owner=self,
                then=partial(self._have, turn, side),
                failed=partial(self._unread, turn),
                key=f"side {side}",
            )
            for side, request in enumerate((left, right))
        ]

    def _have(self, turn: int, side: int, document: Document) -> None:
        if turn != self._turn:
            return
        self._documents[side] = document
        if None not in self._documents:
            self._compare()

    def _unread(self, turn: int, _error: RuncaseError) -> None:
        """Leave it to each side's own preview to say what is wrong with it."""
        if turn == self._turn:
            self._turn += 1
            self.found.emit(None)

    def _compare(self) -> None:
        left, right = self._documents
        if isinstance(left, Image) and isinstance(right, Image):
            self.found.emit(ImagePair(left, right))
        elif left is not None and right is not None:
            rows, others = _table(left), _table(right)
            if rows is not None and others is not None:
                self._compare_tables(rows, others)
            else:
                self._compare_texts(left, right)

    def _compare_texts(self, left: Document, right: Document) -> None:
        texts = _text(left), _text(right)
        if texts[0] is None or texts[1] is None:
            self.found.emit(None)
            return
        before, after = texts[0], texts[1]
        canonical = self.canonical

        def work(_progress: Progress) -> TextDifference:
            one, other = _json(left, before), _json(right, after)
            is_json = one is not None and other is not None
            if canonical and one is not None and other is not None:
                return replace(difference(one, other), is_json=True)
            made = difference(before.text, after.text)
            notes = [made.note, before.note, after.note]
            if before.truncated or after.truncated:
                notes.insert(0, _CUT)
            note = " ".join(dict.fromkeys(each for each in notes if each))
            return replace(made, note=note, is_json=is_json)

        self._work(work)

    def _compare_tables(self, left: Table, right: Table) -> None:
        requests = self._requests
        if requests is not None and not requests[0].count and _has_more(left, right):
            # The first look took few rows: now as many as can be compared at once.
            self._begin()
            self._ask(self._turn, *(replace(each, count=_ROWS) for each in requests))
            return
        key = self.key
        self._work(lambda _progress: table_difference(left, right, key))

    def _work(self, work: Callable[[Progress], Difference]) -> None:
        self._context.jobs.submit(
            work,
            owner=self,
            then=self.found.emit,
            failed=self.failed.emit,
            key="difference",
        )


def _text(document: Document) -> Text | None:
    """Return the text of a document, None of a table, a picture or bytes."""
    if isinstance(document, Text):
        return document
    if isinstance(document, Log):
        is_part = document.offset > 0 or document.end < document.size
        return replace(document.text, truncated=document.text.truncated or is_part)
    return document.source if isinstance(document, Tree | Page | Model) else None


def _table(document: Document) -> Table | None:
    """Return the rows of a table or of an array, None of anything else."""
    if isinstance(document, Array):
        return document.table
    return document if isinstance(document, Table) else None


def _json(document: Document, text: Text) -> str | None:
    """Return JSON in one layout, None where a document is none or not whole."""
    found = tree_laid_out(document) if isinstance(document, Tree) else None
    return found if found is not None or text.truncated else laid_out(text.text)


def _has_more(left: Table, right: Table) -> bool:
    return any(each.total is None or each.rows < each.total for each in (left, right))


def _step(tables: list[Table]) -> int:
    """Return how many rows the worker gives of tables as wide as these."""
    return min(_ROWS, *(max(1, CELLS // max(1, len(each.columns))) for each in tables))
