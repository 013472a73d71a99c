"""File stores: those that two MLflow releases wrote, and small ones made for one test."""

import json
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from made import STORES
from runcase.store.engine import ReadConnection, Store

FILE_STORES = ("1.30.0", "3.4.0")
START = 1_700_000_000_000


def unpack(version: str, folder: Path) -> Path:
    """Unpack the file store of one MLflow release; returns its mlruns folder."""
    with zipfile.ZipFile(STORES / f"filestore-{version}.zip") as archive:
        archive.extractall(folder)
    age(folder)
    return folder / "mlruns"


def expected(version: str) -> dict[str, Any]:
    """Return what MLflow's client of that release read from its store."""
    with zipfile.ZipFile(STORES / f"filestore-{version}.zip") as archive:
        content: dict[str, Any] = json.loads(archive.read("expected.json"))
    return content


def age(folder: Path, seconds: int = 60) -> None:
    """Make a file, or all in a folder, as old as if the writer had left long ago."""
    when = time.time_ns() - seconds * 10**9
    for path in (folder, *folder.rglob("*")):
        if path.is_file():
            os.utime(path, ns=(when, when))


def run_id(number: int) -> str:
    return f"{number:032x}"


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def as_yaml(values: Mapping[str, object]) -> str:
    """Return YAML as MLflow writes it, an emoji as an escape."""
    text: str = yaml.safe_dump(dict(values), allow_unicode=True)
    return text


def add_experiment(root: Path, name: str, number: str = "0") -> Path:
    write(
        root / number / "meta.yaml",
        as_yaml(
            {
                "artifact_location": f"file:///old/mlruns/{number}",
                "experiment_id": number,
                "lifecycle_stage": "active",
                "name": name,
            }
        ),
    )
    return root / number


def add_run(
    experiment: Path,
    number: int,
    status: int = 3,
    metrics: Mapping[str, str] | None = None,
    **meta: object,
) -> Path:
    """Write a run with a param, a tag and the given metric files; returns its folder."""
    folder = experiment / run_id(number)
    values = {
        "artifact_uri": f"file:///old/mlruns/{experiment.name}/{run_id(number)}/artifacts",
        "end_time": None if status == 1 else START + 1000,
        "experiment_id": experiment.name,
        "lifecycle_stage": "active",
        "run_id": run_id(number),
        "run_name": f"run {number}",
        "source_type": 4,
        "start_time": START + number,
        "status": status,
        "user_id": "ada",
        **meta,
    }
    write(folder / "meta.yaml", as_yaml(values))
    write(folder / "params" / "lr", "0.1")
    write(folder / "tags" / "mlflow.user", "ada")
    for key, lines in (metrics or {}).items():
        write(folder / "metrics" / key, lines)
    return folder


def small(root: Path, runs: int = 3) -> Path:
    """Write a store of one experiment; returns its folder."""
    experiment = add_experiment(root, "Default")
    for number in range(runs):
        add_run(experiment, number, metrics={"loss": f"{START} 0.5 0\n{START + 1} 0.25 1\n"})
    age(root)
    return root


@contextmanager
def opened(path: Path) -> Iterator[ReadConnection]:
    """Open a store and lend one connection."""
    store = Store.open(path)
    try:
        with store.read() as connection:
            yield connection
    finally:
        store.close()
