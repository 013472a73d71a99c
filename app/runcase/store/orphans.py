"""Finds artifact folders that are named after runs which the store does not have."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import select

from runcase.progress import Progress
from runcase.store import schema
from runcase.store.artifact_roots import ArtifactRoot
from runcase.store.engine import Store

_RUN_ID = re.compile(r"[0-9a-f]{32}")
_MOST = 1_000


def orphan_folders(store: Store, roots: Sequence[ArtifactRoot], progress: Progress) -> list[Path]:
    """Return the folders `<root>/<experiment>/<run>` without a run, at most 1,000 of them."""
    with store.read(progress) as connection:
        known = {row[0] for row in connection.rows(select(schema.runs.c.run_uuid))}
    found: list[Path] = []
    for root in roots:
        if root.folder is None:
            continue
        for folder in _run_folders(root.folder):
            progress.check()
            if folder.name not in known and (folder / "artifacts").is_dir():
                found.append(folder)
                if len(found) == _MOST:
                    return found
    return found


def _run_folders(root: Path) -> Iterator[Path]:
    for experiment in _folders(root):
        for run in _folders(experiment):
            if _RUN_ID.fullmatch(run.name):
                yield run


def _folders(path: Path) -> list[Path]:
    """Return the folders in a folder, none when it cannot be listed; links are not followed."""
    try:
        with os.scandir(path) as entries:
            return sorted(Path(e.path) for e in entries if e.is_dir(follow_symlinks=False))
    except OSError:
        return []
