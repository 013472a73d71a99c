"""The facts of a store as plain values: frozen, so that they cross threads without locks.

Times are ms since the epoch, UTC. Names are MLflow's own.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Lifecycle(StrEnum):
    """Which rows a listing shows: MLflow's `lifecycle_stage`, or both."""

    ACTIVE = "active"
    DELETED = "deleted"
    ALL = "all"


class Kind(StrEnum):
    """What a column of the runs table shows.

    MODEL is the names of the models that a run made. MARK is what a person noted of a run on this
    machine; it is never in the store. WORD says which runs hold a plain word somewhere.
    """

    ATTRIBUTE = "attribute"
    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"
    DATASET = "dataset"
    MODEL = "model"
    MARK = "mark"
    WORD = "word"


@dataclass(frozen=True, slots=True, order=True)
class ColumnKey:
    """Names one column of the runs table, such as metric `val/loss`.

    `how` says which of a metric's values: "" the latest one, "min", "max", "mean", "first",
    "at:100" the one at step 100, "step of min", "step of max"; "curve" is the whole history.
    """

    kind: Kind
    key: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment; `active_runs` and `deleted_runs` count its rows in `runs`."""

    experiment_id: str
    name: str
    artifact_location: str | None
    lifecycle_stage: str
    creation_time: int | None = None
    last_update_time: int | None = None
    workspace: str = "default"
    tags: dict[str, str] = field(default_factory=dict)
    active_runs: int = 0
    deleted_runs: int = 0
    running_runs: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run's own row; `name` falls back from the column to the tag `mlflow.runName`."""

    run_id: str
    name: str
    experiment_id: str
    status: str
    start_time: int | None
    end_time: int | None
    lifecycle_stage: str
    artifact_uri: str | None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class LatestMetric:
    """The value with the greatest (step, timestamp, value) of one metric of one run.

    `value` is NaN for a logged NaN and ±inf for ±1.7976931348623157e308.
    """

    key: str
    value: float
    step: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class MetricSummary:
    """One metric of one run over its whole history; min and max leave NaN out (NaN if empty)."""

    key: str
    last: float
    step: int
    timestamp: int
    minimum: float
    maximum: float
    points: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset as one run used it; `context` is the input tag `mlflow.data.context`."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None
    context: str | None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoggedModel:
    """An MLflow 3 model; `status` is MLflow's word (PENDING, READY, FAILED, UNSPECIFIED)."""

    model_id: str
    name: str
    experiment_id: str
    source_run_id: str | None
    status: str
    lifecycle_stage: str
    artifact_location: str
    model_type: str | None
    creation_time: int
    last_updated_time: int
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that points to one version of a registered model."""

    name: str
    version: int


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A registered model or, when `is_prompt`, a prompt; `aliases` in order of name."""

    name: str
    workspace: str
    creation_time: int | None
    last_updated_time: int | None
    description: str | None
    tags: dict[str, str]
    aliases: tuple[Alias, ...]
    versions: int
    latest_version: int | None
    is_prompt: bool


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version of a registered model; deleted versions are never listed.

    `current_stage` is MLflow's text, "None" included. `run_id` is None when MLflow knows no run.
    `run_name` is None when the run is not in this store.
    """

    name: str
    version: int
    workspace: str
    creation_time: int | None
    last_updated_time: int | None
    description: str | None
    user_id: str | None
    current_stage: str
    source: str | None
    storage_location: str | None
    run_id: str | None
    run_name: str | None
    status: str | None
    status_message: str | None
    aliases: tuple[str, ...]
    tags: dict[str, str]
    model_id: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One trace; `spans` counts its spans, in the database or in its traces.json."""

    trace_id: str
    experiment_id: str
    name: str | None
    timestamp: int
    duration: int | None
    state: str
    spans: int
    request_preview: str | None = None
    response_preview: str | None = None
    run_id: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunDetail:
    """Everything the run page shows but histories and files.

    `parents` runs from the outermost ancestor to the direct parent; `children` holds the direct
    children in MLflow's order (start time descending). `versions` are the registered versions
    that name this run as their source.
    """

    run: Run
    experiment: Experiment
    params: dict[str, str]
    metrics: tuple[LatestMetric, ...]
    tags: dict[str, str]
    datasets: tuple[Dataset, ...]
    parents: tuple[Run, ...]
    children: tuple[Run, ...]
    logged_models: tuple[LoggedModel, ...]
    input_models: tuple[LoggedModel, ...]
    versions: tuple[ModelVersion, ...]


@dataclass(frozen=True, slots=True)
class ArtifactEntry:
    """One file or folder below an artifact folder; `path` is relative to it, with `/`."""

    path: str
    is_dir: bool
    size: int | None
    modified: float | None = None
    kind: str = ""

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class ArtifactFolder:
    """Where an artifact URI leads on this machine.

    `folder` is None when it was not found; `reason` then says why in one sentence. `step` is the
    step of the search that found it ("stored path", "relative to the database", …).
    """

    uri: str
    folder: Path | None
    step: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """What `runcase info` prints and the welcome page shows about a store."""

    path: Path
    kind: str
    revision: str | None
    known_revision: bool
    mlflow_versions: str
    journal_mode: str
    size: int
    experiments: int
    deleted_experiments: int
    runs: int
    deleted_runs: int
    running_runs: int
    registered_models: int
    prompts: int
    model_versions: int
    logged_models: int
    datasets: int
    traces: int
    newest_start: int | None
    notes: tuple[str, ...] = ()
