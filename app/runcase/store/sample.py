"""Writes the sample store: about 120 runs to look at, the same ones each time."""

import os
import shutil
import tempfile
from pathlib import Path

from runcase.errors import StoreError
from runcase.progress import Progress
from runcase.store import sample_registry, sample_svm, sample_taxi, sample_traces, sample_vision
from runcase.store.create import create
from runcase.store.sample_desk import Desk
from runcase.store.write import writing

DATABASE = "mlflow.db"
EDITION = "sample-1"  # another name makes a new sample beside the old one
NOW_MS = 1_794_992_400_000  # 2026-11-18 09:00 UTC


def write_sample(folder: Path, progress: Progress | None = None, now_ms: int = NOW_MS) -> Path:
    """Write the sample into a new folder and return its database.

    Args:
        folder: The folder to make; it may exist if it is empty.
        progress: Hears how many runs are written.
        now_ms: The moment that the sample's times look back from, to keep its pictures stable.

    Raises:
        StoreError: The folder holds something, or cannot be written.
        CancelledError: It was stopped; nothing is left behind.
    """
    final = folder.absolute()
    if final.exists() and any(final.iterdir()):
        raise StoreError(f"{final} is not empty.", "Choose another folder for the sample store.")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".sample-", dir=final.parent) as temporary:
            made = Path(temporary, "store")
            made.mkdir()
            _write(made, final, progress or Progress(), now_ms)
            if final.exists():
                final.rmdir()
            shutil.move(made, final)
    except OSError as error:
        raise StoreError(f"The sample store could not be written: {error}.") from error
    return final / DATABASE


def ensure_sample(data_folder: Path, progress: Progress | None = None) -> Path:
    """Return the sample's database below the user's data folder, written there at first."""
    folder = data_folder / EDITION
    if (folder / DATABASE).exists():
        return folder / DATABASE
    return write_sample(folder, progress)


def _write(made: Path, final: Path, progress: Progress, now_ms: int) -> None:
    database = made / DATABASE
    create(database, str(final / "mlruns"), now_ms)
    with writing(database) as writer:
        desk = Desk(writer, made, final, now_ms, progress)
        taxi = sample_taxi.write(desk)
        vision = sample_vision.write(desk)
        sample_svm.write(desk)
        sample_svm.write_deleted(desk)
        sample_registry.write_taxi(desk, taxi.runs, taxi.models)
        sample_registry.write_pets(desk, vision.runs, vision.models)
        sample_registry.write_prompt(desk, taxi.experiment.number)
        sample_traces.write(desk, taxi.experiment, taxi.runs["xgb-final-2026-11"])
    for path in made.rglob("*"):
        os.utime(path, ns=(now_ms * 1_000_000, now_ms * 1_000_000))
