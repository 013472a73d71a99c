"""Where the artifacts of the runs of an experiment are said to be: to look for a file in them."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runcase.errors import DeniedError, NotFoundError
from runcase.store.artifact_files import confine, walk_folders
from runcase.store.artifacts import ArtifactFinder
from runcase.store.connection import ReadConnection
from runcase.store.file_digest import hashing
from runcase.store.models import list_logged_models, of_run
from runcase.store.runs import get_run, run_of, select_runs
from runcase.store.schema import runs

MOST = 2_000  # runs that are looked through; their folders are on a disk that may be slow


@dataclass(frozen=True, slots=True)
class ArtifactPlace:
    """The artifacts of a run, or of a logged model of it: then `model_id` is its id."""

    run_id: str
    name: str
    uri: str
    model_id: str = ""

    @property
    def kind_id(self) -> str:
        """Return the id that the folder is named after."""
        return self.model_id or self.run_id


@dataclass(frozen=True, slots=True)
class FileOfRun:
    """One file of a run; `relative` lies below `folder`, `modified` is in ms."""

    place: ArtifactPlace
    folder: Path
    relative: str
    size: int
    modified: int

    @property
    def spelled(self) -> str:
        """Return the path as the run page takes it, a logged model's after the model's id."""
        model_id = self.place.model_id
        return f"{model_id}:{self.relative}" if model_id else self.relative


def places_of(connection: ReadConnection, experiment_id: str) -> list[ArtifactPlace]:
    """Return the active runs of an experiment, the newest first, `MOST` at most."""
    statement = select_runs().where(
        runs.c.experiment_id == experiment_id, runs.c.lifecycle_stage == "active"
    )
    newest = statement.order_by(runs.c.start_time.desc(), runs.c.run_uuid).limit(MOST)
    found = [run_of(row) for row in connection.rows(newest)]
    return [ArtifactPlace(each.run_id, each.name, each.artifact_uri or "") for each in found]


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


def model_places_of(
    connection: ReadConnection, experiment_id: str, name: str
) -> list[ArtifactPlace]:
    """Return the logged models of one name of an experiment's runs, the newest first."""
    named = {each.run_id: each.name for each in places_of(connection, experiment_id)}
    return [
        ArtifactPlace(run_id, named[run_id], each.artifact_location or "", each.model_id)
        for each in list_logged_models(connection, [experiment_id])
        if each.name == name and (run_id := each.source_run_id or "") in named
    ][:MOST]


def same_files(
    finder: ArtifactFinder, places: Sequence[ArtifactPlace], relative: str
) -> Iterator[FileOfRun | None]:
    """Yield for each place its file of this path, None where it has none."""
    for place in places:
        yield _file_at(finder, place, relative)


def duplicates(
    finder: ArtifactFinder, places: Sequence[ArtifactPlace], original: Path
) -> Iterator[FileOfRun | None]:
    """Yield the files of these places that hold the same bytes, by size first, then SHA-256.

    The original itself is left out. None is yielded between, so that the search can be stopped.

    Raises:
        NotFoundError: The original is gone.
        DeniedError: It may not be read.
    """
    original = original.resolve()
    wanted, size = "", original.stat().st_size if original.is_file() else -1
    for place in places:
        yield None
        folder = finder.find(place.uri, place.kind_id).folder
        entries = (each for part in walk_folders(folder) for each in part) if folder else ()
        for entry in entries:
            if entry.is_dir or entry.size != size or folder is None:
                continue
            found = _file_at(finder, place, entry.path)
            if found is None or confine(folder, entry.path) == original:
                continue
            wanted = wanted or (yield from _digest(original))
            with suppress(NotFoundError, DeniedError):
                if (yield from _digest(confine(folder, entry.path))) == wanted:
                    yield found


def _digest(path: Path) -> Generator[None, None, str]:
    """Return a file's SHA-256; yields while it is read."""
    digest = ""
    for step in hashing(path):
        digest = str(step)
        yield None
    return digest


def _file_at(finder: ArtifactFinder, place: ArtifactPlace, relative: str) -> FileOfRun | None:
    folder = finder.find(place.uri, place.kind_id).folder
    if folder is None:
        return None
    try:
        path = confine(folder, relative)
        found = path.stat()
    except (NotFoundError, OSError):
        return None
    if not path.is_file():
        return None
    return FileOfRun(place, folder, relative, found.st_size, round(found.st_mtime * 1000))
