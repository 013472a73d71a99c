"""The compare table: runs as columns or as rows, sections that fold, only what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from runcase.itemmodels import formats
from runcase.itemmodels.compare_cells import CompareCell, compare_cell, full_text
from runcase.itemmodels.compare_rows import Row, Section
from runcase.store.run_refs import spelled, store_name

Index = QModelIndex | QPersistentModelIndex
SECTIONS = tuple(Section)
# A nested value with at most so many leaves that differ is open from the start.
_OPEN_LEAVES = 8


@dataclass(frozen=True, slots=True)
class Head:
    """What the table says of a run.

    `color` is an index into the run palette; `store` is the path of a store that is not the
    window's own, "" for that one.
    """

    run_id: str
    name: str
    status: str
    started: str
    color: int
    store: str = ""

    @property
    def key(self) -> str:
        """Return what tells the run from all others: copies of a store have the same ids."""
        return spelled(self.run_id, self.store)

    @property
    def store_name(self) -> str:
        """Return the file name of another store, "" for the window's own."""
        return store_name(self.store) if self.store else ""

    @property
    def label(self) -> str:
        """Return the name, with that of another store."""
        return f"{self.name} · {self.store_name}" if self.store else self.name


class CompareModel(QAbstractTableModel):
    """A flat table over rows in memory; `baseline_changed` and `arranged` say what changed.

    Column 0 holds the keys and the others the runs; transposed, column 0 holds the runs and the
    others the facts, without lines for sections.
    """

    arranged = Signal()
    baseline_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.heads: list[Head] = []
        self.baseline = 0
        self.only_differences = True
        self.transposed = False
        self.linked = False  # params go by their link with a metric
        self._words: list[str] = []
        self._folded: set[Section] = set()
        self._turned: set[tuple[str, str, str]] = set()  # values opened or closed by the person
        self._visible: list[Row | Section] = []
        self._counts: dict[Section, tuple[int, int]] = {}

    def show(self, heads: Sequence[Head], rows: Sequence[Row]) -> None:
        """Show other rows; the baseline stays the same run where it is still there, or none."""
        kept = 0 <= self.baseline < len(self.heads)
        before = self.heads[self.baseline].key if kept else ""
        ids = [head.key for head in heads]
        self.beginResetModel()
        self.heads, self.rows = list(heads), list(rows)
        if self.baseline >= 0 or not self.rows:
            self.baseline = ids.index(before) if before in ids else 0
        self._arrange()
        self.endResetModel()
        self.arranged.emit()

    def set_rows(self, section: Section, rows: Sequence[Row]) -> None:
        """Show other rows in one section."""
        at = SECTIONS.index(section)
        kept = [row for row in self.rows if row.section is not section]
        first = sum(SECTIONS.index(row.section) < at for row in kept)
        self.show(self.heads, [*kept[:first], *rows, *kept[first:]])

    def set_baseline(self, run: int) -> None:
        """Compare every run with this one; -1 for none."""
        if run != self.baseline and run < len(self.heads):
            self.baseline = run
            self.repaint()
            self.baseline_changed.emit()

    def set_only_differences(self, only: bool) -> None:
        """Leave out what all runs have in common, or show it."""
        self.only_differences = only
        self.rearrange()

    def set_transposed(self, transposed: bool) -> None:
        """Show the runs as rows, or as columns."""
        self.transposed = transposed
        self.rearrange()

    def search(self, text: str) -> None:
        """Show only rows whose key and values hold every word."""
        self._words = text.casefold().split()
        self.rearrange()

    def toggle(self, at: int) -> None:
        """Fold or open the section or nested value of a visible row."""
        entry = self.entry(at)
        if isinstance(entry, Section):
            self._folded ^= {entry}
        elif entry is not None and entry.leaves:
            self._turned ^= {entry.name}
        else:
            return
        self.rearrange()

    def is_open(self, entry: Row | Section) -> bool:
        """Say whether what is below a section or a nested value is shown."""
        if isinstance(entry, Section):
            return entry not in self._folded
        few = 0 < entry.leaves <= _OPEN_LEAVES
        return few != (entry.name in self._turned)

    def entry(self, at: int) -> Row | Section | None:
        """Return what a visible line shows, a line of facts and not of a run."""
        return self._visible[at] if 0 <= at < len(self._visible) else None

    def entries(self) -> list[Row | Section]:
        """Return all visible lines of facts."""
        return list(self._visible)

    def place(self, index: Index) -> tuple[Row | Section | None, int]:
        """Return the entry and the run of a cell; the run is -1 in the column of keys."""
        if not index.isValid():
            return None, -1
        fact, run = index.row(), index.column() - 1
        if self.transposed:
            fact, run = index.column() - 1, index.row()
        return self.entry(fact), run

    def index_of(self, entry: Row | Section, run: int) -> QModelIndex:
        """Return the cell of a visible entry and a run, an invalid index if it is not shown."""
        if entry not in self._visible:
            return QModelIndex()
        at = self._visible.index(entry)
        return self.index(run, at + 1) if self.transposed else self.index(at, run + 1)

    def cell(self, row: Row, run: int) -> CompareCell:
        """Return what a delegate paints."""
        return compare_cell(row, run, self.baseline)

    def counts(self, section: Section) -> tuple[int, int]:
        """Return how many rows of a section differ, and how many there are; leaves left out."""
        return self._counts.get(section, (0, 0))

    def totals(self) -> tuple[int, int]:
        """Return how many rows differ, and how many there are."""
        counts = self._counts.values()
        return sum(each[0] for each in counts), sum(each[1] for each in counts)

    def next_difference(self, index: Index, step: int) -> QModelIndex:
        """Return the cell of the next row that differs, invalid when there is none."""
        run = max(0, self.place(index)[1])
        at = (index.column() - 1 if self.transposed else index.row()) if index.isValid() else -1
        if at < 0 and step < 0:
            at = len(self._visible)
        at += step
        while 0 <= at < len(self._visible):
            entry = self._visible[at]
            if isinstance(entry, Row) and entry.differs:
                return self.index_of(entry, run)
            at += step
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        if parent.isValid():
            return 0
        return len(self.heads) if self.transposed else len(self._visible)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        if parent.isValid():
            return 0
        return 1 + (len(self._visible) if self.transposed else len(self.heads))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry, run = self.place(index)
        texts = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole
        if role not in (*texts, Qt.ItemDataRole.ToolTipRole):
            return None
        if self.transposed and index.column() == 0:
            return self.heads[index.row()].name
        if isinstance(entry, Section):
            return self.section_text(entry) if run < 0 else None
        if entry is None:
            return None
        if run < 0:
            return formats.excerpt(entry.key)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(entry, run).text
        return full_text(entry, run, self.baseline)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section == 0:
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if not self.transposed:
            head = self.heads[section - 1]
            return head.name if role == Qt.ItemDataRole.DisplayRole else _head_tip(head)
        entry = self.entry(section - 1)
        return formats.excerpt(entry.key) if isinstance(entry, Row) else None

    def section_text(self, section: Section) -> str:
        """Return a section's name with its counts, such as "Params 5 of 22 differ"."""
        differing, total = self.counts(section)
        return f"{section.value}  {differing:,} of {total:,} differ"

    def rearrange(self) -> None:
        """Choose anew which rows are shown, and in which order."""
        self.beginResetModel()
        self._arrange()
        self.endResetModel()
        self.arranged.emit()

    def repaint(self) -> None:
        """Have every cell painted anew."""
        if self.rowCount() and self.columnCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def _arrange(self) -> None:
        self._visible, self._counts = [], {}
        for section in SECTIONS:
            rows = [row for row in self.rows if row.section is section]
            tops = [row for row in rows if row.above is None]
            if not tops:
                continue
            self._counts[section] = sum(row.differs for row in tops), len(tops)
            shown = self._shown(section, rows)
            if not shown:
                continue
            if not self.transposed:
                self._visible.append(section)
                shown = shown if self.is_open(section) else []
            self._visible += shown

    def _shown(self, section: Section, rows: Sequence[Row]) -> list[Row]:
        """Return the rows of a section that are wanted, each with its leaves behind it."""
        found = {row.name for row in rows if self._is_wanted(row)}
        # A leaf that is found shows the value it is of.
        found |= {row.above.name for row in rows if row.above and row.name in found}
        below: dict[tuple[str, str, str], list[Row]] = {}
        for row in rows:
            if row.above is not None and row.name in found:
                below.setdefault(row.above.name, []).append(row)
        tops = [row for row in rows if row.above is None and row.name in found]
        if section is Section.PARAMS and self.linked:
            tops.sort(key=_by_link)
        shown: list[Row] = []
        for row in tops:
            shown.append(row)
            if row.leaves and self.is_open(row):
                shown += below.get(row.name, [])
        return shown

    def _is_wanted(self, row: Row) -> bool:
        if self.only_differences and not row.differs:
            return False
        return not self._words or row.holds(self._words)


def _by_link(row: Row) -> float:
    """Order by how close the link is; rows without one last."""
    return 1.0 if np.isnan(row.link) else -abs(row.link)


def _head_tip(head: Head) -> str:
    tip = f"{head.name}\n{head.status.lower()}, {head.started}\n{head.run_id}"
    return f"{tip}\n{head.store}" if head.store else tip
