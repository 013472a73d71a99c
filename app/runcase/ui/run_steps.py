"""Goes to the next or previous run: in the order of the table, else the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from runcase.progress import Progress
from runcase.store.artifact_places import places_of
from runcase.store.runs import get_run
from runcase.ui.location import Location, Place
from runcase.ui.pages.experiment import ExperimentPage

if TYPE_CHECKING:
    from runcase.ui.store_window import StoreWindow


class RunSteps(QObject):
    """Steps through the runs of one experiment; the tab and the artifact's path stay the same."""

    def __init__(self, window: StoreWindow) -> None:
        super().__init__(window)
        self._window = window

    def step(self, by: int, table: ExperimentPage | None) -> None:
        """Go so many runs further."""
        here = self._window.location
        if here is None or here.place is not Place.RUN:
            return
        if table is not None and table.runs.row_of(here.id) is not None:
            self._arrive(here, _neighbour(table, here.id, by), by)
            return
        session = self._window.session

        def read(progress: Progress) -> list[str]:
            with session.store.read(progress) as connection:
                run = get_run(connection, here.id)
                found = places_of(connection, run.experiment_id) if run is not None else []
                return [each.run_id for each in found]

        session.ask(read, owner=self, then=lambda ids: self._go(here, ids, by), key="step")

    def _go(self, here: Location, ids: list[str], by: int) -> None:
        at = ids.index(here.id) + by if here.id in ids else -1
        self._arrive(here, ids[at] if 0 <= at < len(ids) else "", by)

    def _arrive(self, here: Location, run_id: str, by: int) -> None:
        window = self._window
        if not run_id:
            window.toast.say(f"This is the {'last' if by > 0 else 'first'} run.")
            return
        page = window.page
        now = page.location if page is not None else here
        window.go(Location(Place.RUN, run_id, now.tab, now.path))


def _neighbour(table: ExperimentPage, run_id: str, by: int) -> str:
    """Return the run of the table's next row that is no group, "" at its end."""
    row = table.runs.row_of(run_id)
    while row is not None and 0 <= (row := row + by) < table.runs.rowCount():
        if not table.runs.is_group(row):
            return table.runs.run_id(row)
    return ""
