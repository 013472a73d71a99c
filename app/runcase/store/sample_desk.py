"""What every part of the sample shares: the writer, the clock, ids, and how a run is put down."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from runcase.progress import Progress
from runcase.store.records import Dataset, LoggedModel, Run
from runcase.store.write import Links, Point, Writer

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Curve = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]  # steps, values


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment of the sample and where its artifacts lie, as a URI and as a folder."""

    number: int
    uri: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run of the sample looks like; `ago` and `took` are ms, `took` None while it runs."""

    name: str
    ago: int
    took: int | None
    params: Mapping[str, object] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    finals: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    status: str = "FINISHED"
    note: str = ""
    parent: str | None = None
    user: str = "ines"
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A run that was put down."""

    run_id: str
    plan: Plan
    experiment: Experiment
    folder: Path
    start: int
    end: int


class Desk:
    """Puts experiments, runs and models down; everything it makes up comes from seeds."""

    def __init__(
        self, writer: Writer, folder: Path, final: Path, now_ms: int, progress: Progress
    ) -> None:
        self.writer = writer
        self.now = now_ms
        self._folder = folder
        self._final = final
        self._progress = progress
        self._runs = 0

    def random(self, name: str) -> np.random.Generator:
        """Return numbers that depend on nothing but a name."""
        digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
        return np.random.default_rng(int.from_bytes(digest, "big"))

    def digits(self, kind: str, name: str, count: int = 32) -> str:
        """Return hex digits for an id."""
        text = f"runcase sample/{kind}/{name}"
        return hashlib.blake2b(text.encode(), digest_size=count // 2).hexdigest()

    def experiment(self, name: str, ago: int, tags: Mapping[str, str]) -> Experiment:
        """Add an experiment."""
        number = self.writer.next_experiment_id()
        relative = PurePosixPath("mlruns", str(number))
        experiment = Experiment(number, _uri(self._final / relative), self._folder / relative)
        self.writer.experiment(number, name, experiment.uri, self.now - ago, tags)
        return experiment

    def run(self, experiment: Experiment, plan: Plan) -> Written:
        """Add a run with its params, tags and curves; its artifact folder stays to be filled."""
        run_id = self.digits("run", f"{experiment.number}/{plan.name}/{plan.parent}")
        start = self.now - plan.ago
        end = self.now if plan.took is None else start + plan.took
        tags = {
            "mlflow.source.type": "LOCAL",
            **({"mlflow.note.content": plan.note} if plan.note else {}),
            **({"mlflow.parentRunId": plan.parent} if plan.parent else {}),
            **plan.tags,
        }
        run = Run(
            run_id=run_id,
            name=plan.name,
            experiment_id=str(experiment.number),
            status=plan.status,
            start_time=start,
            end_time=None if plan.took is None else end,
            lifecycle_stage="deleted" if plan.deleted else "active",
            artifact_uri=f"{experiment.uri}/{run_id}/artifacts",
            user_id=plan.user,
        )
        params = {key: str(value) for key, value in plan.params.items()}
        self.writer.run(run, params, tags, end + HOUR if plan.deleted else None)
        self.writer.metrics(run_id, _points(plan, start, end))
        self._runs += 1
        self._progress.report(self._runs, 0, "runs")
        folder = experiment.folder / run_id / "artifacts"
        return Written(run_id, plan, experiment, folder, start, end)

    def dataset(self, experiment: Experiment, dataset: Dataset) -> str:
        """Add a dataset to an experiment and return its id."""
        dataset_id = self.digits("dataset", f"{experiment.number}/{dataset.name}/{dataset.digest}")
        self.writer.dataset(dataset_id, experiment.number, dataset)
        return dataset_id

    def uses(self, runs: Sequence[Written], dataset_id: str, context: str) -> None:
        """Say that runs used a dataset."""
        for run in runs:
            input_id = self.digits("input", f"{run.run_id}/{dataset_id}/{context}")
            self.writer.use_dataset(input_id, run.run_id, dataset_id, context)

    def model(
        self,
        run: Written,
        name: str,
        kind: str,
        files: Mapping[str, bytes],
        tags: Mapping[str, str],
    ) -> LoggedModel:
        """Add a logged model that a run made, with its files; `{model_id}` in them is filled in."""
        model_id = "m-" + self.digits("model", f"{run.run_id}/{name}")
        folder = run.experiment.folder / "models" / model_id / "artifacts"
        for path, content in files.items():
            put(folder / path, content.replace(b"{model_id}", model_id.encode()))
        model = LoggedModel(
            model_id=model_id,
            name=name,
            experiment_id=str(run.experiment.number),
            source_run_id=run.run_id,
            status="READY",
            lifecycle_stage="active",
            artifact_location=f"{run.experiment.uri}/models/{model_id}/artifacts",
            model_type=kind,
            creation_time=run.end - MINUTE // 2,
            last_updated_time=run.end - MINUTE // 4,
            params={key: str(value) for key, value in list(run.plan.params.items())[:6]},
            tags=dict(tags),
        )
        link_id = self.digits("link", model_id)
        self.writer.logged_model(model, [link_id], Links(metrics=run.plan.finals))
        return model


def put(path: Path, content: bytes | str) -> None:
    """Write one artifact and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)


def put_json(path: Path, value: object) -> None:
    """Write one artifact as indented JSON."""
    put(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _uri(path: Path) -> str:
    # MLflow stores a plain path on POSIX and a URI on Windows, where "C:" would look like a scheme.
    return path.as_uri() if os.name == "nt" else str(path)


def _points(plan: Plan, start: int, end: int) -> list[Point]:
    points: list[Point] = []
    for key, (steps, values) in plan.curves.items():
        last = max(1, int(steps[-1]))
        times = start + (end - start) * (0.02 + 0.95 * steps / last)
        pairs = zip(steps.tolist(), times.astype(np.int64).tolist(), values.tolist(), strict=True)
        points += [Point(key, _short(value), time, step) for step, time, value in pairs]
    points += [Point(key, _short(value), end - 1_000, 0) for key, value in plan.finals.items()]
    return points


def _short(value: float) -> float:
    """Return what a person would have logged: six digits."""
    return float(f"{value:.6g}")
