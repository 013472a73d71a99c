"""Finds or makes the big stores that benchmarks run on, outside the checkout."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from shared import shared


def big_store(size: str) -> Path:
    """Return a store of a size that ../shared/bench makes; skips where that is absent."""
    given = os.environ.get(f"RUNCASE_BENCH_{size}")
    if given:
        return Path(given)
    path = Path(tempfile.gettempdir()) / "runcase-bench" / f"{size}.db"
    if not path.exists():
        script = shared("bench", "make_big_store.py")
        path.parent.mkdir(exist_ok=True)
        subprocess.run([sys.executable, script, path, "--size", size], check=True)
    return path
