"""Finds the pictures that `mlflow.log_image` put among the artifacts of runs."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runcase.errors import DeniedError, NotFoundError
from runcase.progress import Progress
from runcase.store.artifact_files import confine, list_folder
from runcase.store.artifacts import ArtifactFinder

FOLDER = "images"
# `<key>+step+<n>+timestamp+<ms>+<uuid>.png` since MLflow 3.1, with ~ for / in the key; before
# that % between the parts, and # for /. Its smaller twin ends in `compressed.webp`.
_NAME = re.compile(
    r"(?P<key>.+)(?P<sep>[+%])step(?P=sep)(?P<step>-?\d{1,19})(?P=sep)timestamp(?P=sep)"
    r"(?P<timestamp>\d{1,19})(?P=sep)(?P<uuid>[^+%]+)(?P<small>(?P=sep)compressed)?"
    r"\.(?:png|webp|jpe?g|gif)",
    re.IGNORECASE,
)
_SLASH = {"+": "~", "%": "#"}


@dataclass(frozen=True, slots=True)
class LoggedImage:
    """One picture of a run.

    Attributes:
        path: The picture, relative to the run's artifacts.
        file: Where it is on this machine; "" where only its twin is.
        small: Its compressed twin on this machine, "" for none.
    """

    key: str
    step: int
    timestamp: int
    path: str
    file: str = ""
    small: str = ""


@dataclass(frozen=True, slots=True)
class RunImages:
    """The pictures of one run by key, those of a key by (step, timestamp).

    Attributes:
        problem: Why there are none: the files are not here, or may not be read.
    """

    images: Mapping[str, tuple[LoggedImage, ...]]
    problem: str = ""

    def at(self, key: str, step: int) -> LoggedImage | None:
        """Return the last picture of a key up to a step, None for none so far."""
        found = self.images.get(key, ())
        at = bisect_right(found, step, key=lambda image: image.step)
        return found[at - 1] if at else None


def parse_name(name: str) -> tuple[LoggedImage, str, bool] | None:
    """Return what a file's name says, what it shares with its twin, and whether it is the twin."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    key = match["key"].replace(_SLASH[match["sep"]], "/")
    image = LoggedImage(key, int(match["step"]), int(match["timestamp"]), f"{FOLDER}/{name}")
    shared = name[: match.start("small")] if match["small"] else name.rpartition(".")[0]
    return image, shared, bool(match["small"])


def images_of(folder: Path) -> RunImages:
    """Return the logged pictures in a run's artifact folder; links out of it are left out."""
    try:
        entries = list_folder(folder, FOLDER)
    except NotFoundError:
        return RunImages({})
    except DeniedError as error:
        return RunImages({}, error.message)
    found: dict[str, LoggedImage] = {}
    for entry in entries:
        parsed = parse_name(entry.name)
        if parsed is None or entry.is_dir or entry.size is None:
            continue
        image, shared, is_small = parsed
        file = str(confine(folder, entry.path))
        before = found.get(shared)
        if is_small:
            found[shared] = replace(before or image, small=file)
        else:
            found[shared] = replace(image, file=file, small=before.small if before else "")
    by_key: dict[str, list[LoggedImage]] = {}
    for image in sorted(found.values(), key=lambda each: (each.step, each.timestamp, each.path)):
        by_key.setdefault(image.key, []).append(image)
    return RunImages({key: tuple(images) for key, images in sorted(by_key.items())})


def find_images(
    finder: ArtifactFinder, runs: Sequence[tuple[str, str]], progress: Progress
) -> dict[str, RunImages]:
    """Return the pictures of some runs, given as (id, artifact URI); for a worker thread."""
    found = {}
    for at, (run_id, uri) in enumerate(runs):
        progress.report(at, len(runs), "runs looked through")
        place = finder.find(uri or None, run_id)
        found[run_id] = (
            RunImages({}, place.reason) if place.folder is None else images_of(place.folder)
        )
    return found
