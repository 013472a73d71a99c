"""Finds the run that a file on this machine belongs to, by the ids among its folders."""

import re
from dataclasses import dataclass
from pathlib import Path

from runcase.store.artifacts import ArtifactFinder
from runcase.store.connection import ReadConnection
from runcase.store.models import get_logged_model
from runcase.store.runs import get_run

_ID = re.compile(r"(?:m-)?[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ArtifactOwner:
    """A run, and the path as its page takes it: a logged model's after the model's id and `:`."""

    run_id: str
    name: str
    path: str


def owner_of(
    connection: ReadConnection, finder: ArtifactFinder, path: Path
) -> ArtifactOwner | None:
    """Return the run of this store in whose artifacts a file or folder lies, None for none."""
    path = path.resolve()
    for part in reversed(path.parts):
        if _ID.fullmatch(part) is None:
            continue
        found = (
            _of_model(connection, finder, part, path)
            if part.startswith("m-")
            else _of_run(connection, finder, part, path)
        )
        if found is not None:
            return found
    return None


def _of_run(
    connection: ReadConnection, finder: ArtifactFinder, run_id: str, path: Path
) -> ArtifactOwner | None:
    run = get_run(connection, run_id)
    below = _below(finder, run.artifact_uri, run_id, path) if run is not None else None
    return None if run is None or below is None else ArtifactOwner(run_id, run.name, below)


def _of_model(
    connection: ReadConnection, finder: ArtifactFinder, model_id: str, path: Path
) -> ArtifactOwner | None:
    model = get_logged_model(connection, model_id)
    if model is None or not model.source_run_id:
        return None
    below = _below(finder, model.artifact_location, model_id, path)
    run = get_run(connection, model.source_run_id) if below is not None else None
    return None if run is None else ArtifactOwner(run.run_id, run.name, f"{model_id}:{below}")


def _below(finder: ArtifactFinder, uri: str | None, kind_id: str, path: Path) -> str | None:
    """Return where a path lies below a folder of artifacts, "" for the folder and that above it."""
    folder = finder.find(uri, kind_id).folder
    if folder is None:
        return None
    folder = folder.resolve()
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix().removeprefix(".")
    return "" if path == folder.parent and path.name == kind_id else None
