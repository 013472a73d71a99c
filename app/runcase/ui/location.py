"""Where a window can be: what the breadcrumb shows and the history remembers."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from runcase.store.records import ModelVersion


class Place(StrEnum):
    """The kinds of page."""

    WELCOME = "welcome"
    EXPERIMENT = "experiment"
    RUN = "run"
    COMPARE = "compare"
    MODELS = "models"
    MODEL = "model"
    OVERVIEW = "overview"
    HEALTH = "health"
    FILE = "file"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Location:
    """One place: `id` is an experiment id, run id, model name or file path; `tab` a page's tab.

    Several files have their paths joined by NUL, see `joined_paths`.
    Several experiments in one table have their ids joined by commas, all of them have "all";
    runs that are compared have theirs joined in the same way, those of another store followed by
    its path (see `store.run_refs`).

    `path` is an artifact's path below the run's artifact folder, with `/`; `workspace` is the
    model's; `shown` are the runs that an experiment's charts shall show, with their colours.
    """

    place: Place
    id: str = ""
    tab: str = ""
    path: str = ""
    workspace: str = "default"
    shown: tuple[tuple[str, int], ...] = ()


def joined_paths(paths: Iterable[Path]) -> str:
    """Return files as the id of their common page."""
    return "\0".join(str(path) for path in paths)


def of_version(version: ModelVersion) -> Location:
    """Return the place of a registered version, selected on its model's page."""
    return Location(Place.MODEL, version.name, str(version.version), workspace=version.workspace)
