"""Runs that join the compare page: chosen in a dialog, or dropped on it; and their charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QDragEnterEvent, QDropEvent

from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store.compare import MOST
from runcase.store.run_refs import RunRef, store_name
from runcase.store.runs import get_run
from runcase.ui.location import Location, Place
from runcase.ui.run_mime import refs_in
from runcase.ui.widgets.drop_overlay import DropOverlay

if TYPE_CHECKING:
    from runcase.ui.pages.compare import ComparePage


class CompareAdd:
    """Adds runs of this store and of every other one that is open."""

    def __init__(self, page: ComparePage) -> None:
        self._page = page
        self._overlay = DropOverlay(page.theme, page)
        page.setAcceptDrops(True)

    def ask(self) -> None:
        """Let the person choose runs to add."""
        # Imported here: rapidfuzz, when it is first wanted.
        from runcase.ui.dialogs.add_run import AddRun

        page = self._page
        dialog = AddRun(page.theme, self._sessions(), page.refs(), page)
        dialog.chosen.connect(self._add)
        dialog.open()

    def show_charts(self) -> None:
        """Go to the charts of exactly these runs, in the colours they have here."""
        page = self._page
        if page.compared is None:
            return
        own = [
            (head, each)
            for head, each in zip(page.model.heads, page.compared.runs, strict=True)
            if not head.store
        ]
        experiments = dict.fromkeys(each.experiment.experiment_id for _, each in own)
        shown = tuple((head.run_id, head.color) for head, _ in own)
        page.went.emit(Location(Place.EXPERIMENT, ",".join(experiments), shown=shown), False)
        if len(own) < len(page.model.heads):
            page.said.emit("Charts show the runs of this store only.", False)

    def announce(self, event: QDragEnterEvent) -> None:
        """Say what a drop of runs would do."""
        refs = refs_in(event.mimeData())
        if refs:
            runs = formats.counted(len(refs), "run")
            self._overlay.announce(f"Add {runs}", "to this comparison; no store is changed")
            event.acceptProposedAction()

    def leave(self) -> None:
        """Take the announcement away."""
        self._overlay.hide()

    def take(self, event: QDropEvent) -> None:
        """Add the runs that are dropped."""
        self._overlay.hide()
        refs = refs_in(event.mimeData())
        if not refs:
            return
        event.acceptProposedAction()
        self.resolve(refs)

    def resolve(self, refs: Sequence[RunRef]) -> None:
        """Find out of which open store runs are, and add them."""
        page, sessions = self._page, self._sessions()
        own = page.context.stores.find(str(page.session.path))

        def place(ref: RunRef) -> RunRef:
            found = page.context.stores.find(ref.store)
            is_own = found is not None and (found is own or found.path == page.session.path)
            return RunRef(ref.run_id) if is_own else ref

        placed = [place(ref) for ref in refs]
        closed = [ref for ref in placed if ref.store and page.reads.session_of(ref.store) is None]
        if closed:
            name = store_name(closed[0].store)
            page.said.emit(f"{name} is not open any more, so its runs cannot be compared.", True)
            return
        page.session.ask(
            lambda progress: _found(sessions, placed, progress),
            owner=page,
            then=self._add_found,
            key="resolve",
        )

    def _add_found(self, found: tuple[list[RunRef], int]) -> None:
        refs, missing = found
        if missing:
            runs = formats.counted(missing, "run")
            are = "is" if missing == 1 else "are"
            self._page.said.emit(f"{runs} {are} in none of the open stores.", True)
        self._add(refs)

    def _add(self, refs: Sequence[RunRef]) -> None:
        page = self._page
        known = page.refs()
        new = [ref for ref in refs if ref not in known]
        if len(known) + len(new) > MOST:
            page.said.emit(f"{MOST} runs can be compared at most.", True)
            new = new[: max(0, MOST - len(known))]
        elif refs and not new:
            page.said.emit("That is compared already.", False)
        if new:
            page.show_runs([*known, *new])

    def _sessions(self) -> dict[str, Session]:
        """Return the open stores by their path, the page's own first and as ""."""
        page = self._page
        others = page.context.stores.others(page.session)
        return {"": page.session, **{str(each.path): each for each in others}}


def _found(
    sessions: dict[str, Session], refs: Sequence[RunRef], progress: Progress
) -> tuple[list[RunRef], int]:
    """Return runs with their stores, and how many are in none; those with a store stay."""
    found: dict[str, RunRef] = {ref.run_id: ref for ref in refs if ref.store}
    for store, session in sessions.items():
        left = [ref.run_id for ref in refs if ref.run_id not in found]
        if not left:
            break
        with session.store.read(progress) as connection:
            for run_id in left:
                if get_run(connection, run_id) is not None:
                    found[run_id] = RunRef(run_id, store)
    return list(found.values()), sum(ref.run_id not in found for ref in refs)
