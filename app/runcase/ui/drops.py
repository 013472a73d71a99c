"""What dropped paths are and what becomes of them: a run of an open store, a store, a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runcase.errors import RuncaseError
from runcase.progress import Progress
from runcase.session.session import Session, State
from runcase.store.dropped import DropKind, Dropped, by_name, look_at
from runcase.store.records import StoreSummary
from runcase.ui.bare_window import BareWindow
from runcase.ui.drop_words import DropWords, drop_words
from runcase.ui.location import Location, Place
from runcase.ui.main_window import MainWindow
from runcase.ui.store_window import StoreWindow

if TYPE_CHECKING:
    from runcase.store.artifact_owner import ArtifactOwner

Owned = tuple[Session, "ArtifactOwner"]


def says_for(window: MainWindow) -> Callable[[Sequence[Path], bool], DropWords]:
    """Return what names the outcome of a drop on this window by names alone."""
    return lambda paths, shift: _words(window, by_name(paths), shift)


def looks_for(
    window: MainWindow, sessions: Callable[[], Sequence[Session]]
) -> Callable[[Sequence[Path]], Callable[[Progress], Callable[[bool], DropWords]]]:
    """Return what makes the job that looks at dragged files: at their disk, and in open stores."""

    def looks(paths: Sequence[Path]) -> Callable[[Progress], Callable[[bool], DropWords]]:
        stores = list(sessions())

        def work(progress: Progress) -> Callable[[bool], DropWords]:
            dropped = look_at(paths, progress, [each.path for each in stores])
            owned = find_owner(stores, paths[0], progress) if len(paths) == 1 else None
            if owned is not None and dropped[0].kind is not DropKind.STORE:
                words = _of_run(owned)
                return lambda _shift: words
            return lambda shift: _words(window, dropped, shift)

        return work

    return looks


def find_owner(sessions: Sequence[Session], path: Path, progress: Progress) -> Owned | None:
    """Return the open store and its run in whose artifacts a path lies; on a worker thread."""
    # Imported here: SQLAlchemy costs 0.3 s, and a drag over the welcome page does not need it.
    from runcase.store.artifact_owner import owner_of

    for session in sessions:
        try:
            with session.store.read(progress) as connection:
                found = owner_of(connection, session.finder, path)
        except (RuncaseError, OSError):
            continue  # a store that cannot be read just now owns nothing
        if found is not None:
            return session, found
    return None


def apart(
    paths: Sequence[Path], sessions: Sequence[Session], progress: Progress
) -> tuple[list[Path], list[Path]]:
    """Return what may be stores, and what are files and models to be listed together."""
    dropped = look_at(paths, progress, [each.path for each in sessions])
    files = [each.path for each in dropped if each.kind in (DropKind.FILE, DropKind.MODEL)]
    return [path for path in paths if path not in files], files


def summaries(
    session: Session, path: Path, sessions: Sequence[Session], progress: Progress
) -> tuple[StoreSummary, StoreSummary]:
    """Count an open store and another one, which is opened for it unless it is open, too."""
    # Imported here: two stores are compared now and then.
    from runcase.store.engine import Store
    from runcase.store.locate import locate
    from runcase.store.summary import summarise

    here = summarise(session.store, progress)
    for each in sessions:
        if each.path in (path, path.resolve()):
            return here, summarise(each.store, progress)
    located = locate(path, progress)
    other = Store.open(located.stores[0].path if located.stores else path, progress=progress)
    try:
        return here, summarise(other, progress)
    finally:
        other.close()


def place_of(owner: ArtifactOwner) -> Location:
    """Return the page of a file that belongs to a run."""
    return Location(Place.RUN, owner.run_id, "artifacts", owner.path)


def open_sessions(windows: Sequence[MainWindow], first: MainWindow | None = None) -> list[Session]:
    """Return the stores that are open, that of the first window first."""
    ordered = sorted(windows, key=lambda each: each is not first)
    stores = [each.session for each in ordered if isinstance(each, StoreWindow)]
    return [each for each in stores if each.state is State.READY]


def _words(window: MainWindow, dropped: Sequence[Dropped], shift: bool) -> DropWords:
    return drop_words(
        dropped,
        has_store=isinstance(window, StoreWindow) and window.session.state is State.READY,
        is_untouched=isinstance(window, BareWindow) and window.is_untouched,
        shift=shift,
    )


def _of_run(owned: Owned) -> DropWords:
    session, owner = owned
    path = owner.path.rpartition(":")[2] or "its artifacts"
    return DropWords("Go to its run", f"{path} of {owner.name} in {session.path.name}")
