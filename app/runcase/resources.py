"""Finds `resources/` in a checkout, a wheel or a bundle: the only file that knows those paths."""

import sys
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """Return the resources folder; raises `FileNotFoundError` if this installation lost it."""
    here = Path(__file__).resolve()
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [
        *([Path(frozen) / "resources"] if frozen else []),
        here.parents[2] / "resources",
        Path(sys.prefix) / "share" / "runcase" / "resources",
    ]
    for candidate in candidates:
        if (candidate / "theme").is_dir():
            return candidate
    raise FileNotFoundError(f"Runcase's resources folder is missing beside {here.parent}")


def path(*parts: str) -> Path:
    """Return the path of one resource, such as `path("icons", "tag.svg")`."""
    return folder().joinpath(*parts)
