"""Groups the artifact URIs of all runs by the folder they were written to, and looks for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import bindparam, select

from runcase.progress import Progress
from runcase.store import salvage
from runcase.store.artifacts import ArtifactFinder, root_of
from runcase.store.engine import Store
from runcase.store.schema import runs
from runcase.store.values import text

_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class ArtifactRoot:
    """One place that runs were written to.

    `folder` is where it lies on this machine, None when none of its runs was found. `runs` counts
    its runs, deleted ones too, and `resolved` those whose artifact folder exists.
    """

    stored: str
    folder: Path | None
    runs: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What choosing a folder would do: `folder` is the new root, None when the run is not there."""

    stored: str
    folder: Path | None
    resolved: int
    runs: int


def resolve(
    store: Store, finder: ArtifactFinder, progress: Progress | None = None
) -> list[ArtifactRoot]:
    """Return the roots, the one with most runs first; scans the folder if a run is not found."""
    roots = _counted(store, finder, progress)
    if any(root.resolved < root.runs for root in roots) and not finder.is_indexed:
        finder.index(progress)
        roots = _counted(store, finder, progress)
    return sorted(roots, key=lambda root: (-root.runs, root.stored))


def try_folder(
    store: Store,
    mappings: Sequence[tuple[str, Path]],
    uri: str,
    kind_id: str,
    folder: Path,
    progress: Progress | None = None,
) -> Trial:
    """Say what a folder would resolve, if it were taken as where `uri`'s root lies now.

    Nothing is remembered: the caller adds `Trial.mapping` to a store's mappings on confirmation.
    """
    root = root_of(uri, kind_id)
    others = [pair for pair in mappings if pair[0] != root]
    finder = ArtifactFinder(store.path, store.folder, others)
    if not finder.choose(uri, kind_id, folder):
        return Trial(root, None, 0, 0)
    for each in _counted(store, finder, progress):
        if each.stored == root:
            return Trial(root, dict(finder.mappings).get(root), each.resolved, each.runs)
    return Trial(root, None, 0, 0)


def _counted(store: Store, finder: ArtifactFinder, progress: Progress | None) -> list[ArtifactRoot]:
    numbers: dict[str, list[int]] = {}
    folders: dict[str, Path] = {}
    for run_id, uri in _locations(store, progress):
        root = root_of(uri, run_id)
        counted = numbers.setdefault(root, [0, 0])
        counted[0] += 1
        found = finder.find(uri, run_id).folder
        if found is not None:
            counted[1] += 1
            folders.setdefault(root, _new_root(found, run_id))
    return [
        ArtifactRoot(root, folders.get(root), total, resolved)
        for root, (total, resolved) in numbers.items()
    ]


def _locations(store: Store, progress: Progress | None) -> Iterator[tuple[str, str]]:
    statement = (
        select(runs.c.rowid, runs.c.run_uuid, runs.c.artifact_uri)
        .where(runs.c.rowid > bindparam("after"))
        .order_by(runs.c.rowid)
        .limit(_CHUNK)
    )
    after = -1
    while True:
        with store.read(progress) as connection:
            rows = salvage.rows(connection, statement, runs, "runs", {"after": after})
        for _, run_id, uri in rows:
            if uri:
                yield text(run_id), text(uri)
        after = max((row[0] for row in rows), default=after)
        if len(rows) < _CHUNK:
            return


def _new_root(folder: Path, run_id: str) -> Path:
    """Return the folder that holds the experiment's folder, as `root_of` counts it."""
    for above in (folder, *folder.parents):
        if above.name == run_id:
            return above.parent.parent
    return folder
