"""Which runs charts show, and in which colour: one state that table, charts and inspector share."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

# On first opening an experiment its newest ten runs are shown.
FIRST_SHOWN = 10


class RunColors(QObject):
    """The shown runs of one experiment, each with an index into the run palette."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._indices: dict[str, int] = {}

    def index(self, run_id: str) -> int | None:
        """Return a shown run's palette index, None for a hidden run."""
        return self._indices.get(run_id)

    def shown(self) -> tuple[str, ...]:
        """Return the shown runs in order of their index."""
        return tuple(sorted(self._indices, key=self._indices.__getitem__))

    def as_mapping(self) -> dict[str, int]:
        """Return run ids and indices, to be remembered."""
        return dict(self._indices)

    def restore(self, indices: Mapping[str, int]) -> None:
        """Show the runs that were shown before."""
        self._indices = dict(indices)
        self.changed.emit()

    def show(self, run_ids: Iterable[str]) -> None:
        """Show runs; each takes the lowest free index and keeps it while shown."""
        taken = set(self._indices.values())
        free = 0
        for run_id in run_ids:
            if run_id in self._indices:
                continue
            while free in taken:
                free += 1
            self._indices[run_id] = free
            taken.add(free)
        self.changed.emit()

    def set_index(self, run_ids: Iterable[str], index: int) -> None:
        """Show runs in a colour that a person chose; several runs may have the same."""
        self._indices.update(dict.fromkeys(run_ids, index))
        self.changed.emit()

    def hide(self, run_ids: Iterable[str]) -> None:
        """Hide runs; their indices become free."""
        for run_id in run_ids:
            self._indices.pop(run_id, None)
        self.changed.emit()

    def toggle(self, run_ids: Iterable[str]) -> None:
        """Show the runs if one of them is hidden, else hide them all."""
        runs = list(run_ids)
        if all(run in self._indices for run in runs):
            self.hide(runs)
        else:
            self.show(runs)
