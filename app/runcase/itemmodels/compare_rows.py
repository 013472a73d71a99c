"""Lays compared runs out as rows: one for each metric, param, tag, attribute and dataset."""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from runcase.curves.links import link
from runcase.itemmodels import formats
from runcase.itemmodels.column_stats import Stats, value_stats
from runcase.itemmodels.directions import Direction, direction
from runcase.itemmodels.run_texts import run_duration
from runcase.progress import Progress
from runcase.store.compare import ComparedRun
from runcase.store.compare_json import leaves

Floats = npt.NDArray[np.float64]
Texts = tuple[str | None, ...]

_SEARCHED = 1_000  # letters of a value that are searched


class Section(StrEnum):
    """The parts of the table, in their order."""

    METRICS = "Metrics"
    PARAMS = "Params"
    TAGS = "Tags"
    ATTRIBUTES = "Attributes"
    DATASETS = "Datasets"
    ENVIRONMENT = "Environment"
    ARTIFACTS = "Artifacts"


# Tags that are shown as attributes or as the runs' names; of one name the first one counts that a
# run has, as those of git had other keys before MLflow 1.0.
_SHOWN_TAGS = {
    "mlflow.source.name": "source",
    "mlflow.source.type": "source type",
    "mlflow.project.entryPoint": "entry point",
    "mlflow.project.backend": "project backend",
    "mlflow.project.env": "project environment",
    "mlflow.docker.image.name": "docker image",
    "mlflow.source.git.commit": "git commit",
    "mlflow.source.git.branch": "git branch",
    "mlflow.gitBranchName": "git branch",
    "mlflow.source.git.repoURL": "git repository",
    "mlflow.gitRepoURL": "git repository",
    "mlflow.parentRunId": "parent run",
}
_HIDDEN_TAGS = frozenset({"mlflow.runName", "mlflow.user"})


@dataclass(slots=True, eq=False)
class Row:
    """One fact of every run.

    Attributes:
        section: Where it stands.
        key: What is compared; of a leaf its path within the value above.
        texts: The runs' values in full, None where one has none.
        differs: Whether not all are the same; a missing one differs from one that is there.
        values: (n,) float64 of a metric, NaN where it is missing or a logged NaN.
        stats: The best value and the number of decimals of a metric.
        towards: Which end of a metric is better.
        above: The row that this is a leaf of.
        leaves: How many leaves this value was taken apart into.
        link: How a param goes with the chosen metric, -1 to 1; NaN when not asked or unknown.
        state: The size of each run's file in words, of a row of files.
    """

    section: Section
    key: str
    texts: Texts
    differs: bool
    values: Floats | None = None
    stats: Stats = field(default_factory=Stats)
    towards: Direction = Direction.UNKNOWN
    above: "Row | None" = None
    leaves: int = 0
    link: float = np.nan
    state: Texts = ()
    _words: str = ""

    @property
    def name(self) -> tuple[str, str, str]:
        """Return what tells this row from all others, to find it again after a refresh."""
        return self.section.value, self.above.key if self.above else "", self.key

    def holds(self, words: Sequence[str]) -> bool:
        """Say whether key and values hold every word, which are in lower case."""
        if not self._words:
            values = {text[:_SEARCHED] for text in self.texts if text is not None}
            above = self.above.key if self.above else ""
            self._words = "\n".join((above, self.key, *values)).casefold()
        return all(word in self._words for word in words)


def rows_of(
    runs: Sequence[ComparedRun],
    best: Sequence[Mapping[str, float]] | None = None,
    progress: Progress | None = None,
    stores: Sequence[str] = (),
) -> list[Row]:
    """Return all rows of all sections in order; leaves follow the value they are of.

    Args:
        runs: What is compared.
        best: The value of each metric of each run; None for the latest ones.
        progress: Asked between sections whether to go on.
        stores: The name of each run's store, nothing where all are of one.
    """
    progress = progress or Progress()
    makers: tuple[Callable[[], list[Row]], ...] = (
        lambda: _metrics(runs, best or [each.metrics for each in runs]),
        lambda: _nested(Section.PARAMS, [each.params for each in runs]),
        lambda: _nested(Section.TAGS, [_own_tags(each.tags) for each in runs]),
        lambda: _attributes(runs, stores),
        lambda: _datasets(runs),
    )
    rows: list[Row] = []
    for make in makers:
        progress.check()
        rows += make()
    return rows


def put_directions(rows: Sequence[Row], said: Mapping[str, Direction]) -> None:
    """Take the person's word for which end of a metric is better."""
    for row in rows:
        if row.values is not None and said.get(row.key, row.towards) is not row.towards:
            row.towards = said[row.key]
            row.stats = value_stats(row.values, row.towards)


def links_of(rows: Sequence[Row], metric: str) -> dict[int, float]:
    """Return how the params go with a metric, by the places of their rows; none for ""."""
    named = (row for row in rows if row.section is Section.METRICS and row.key == metric)
    chosen = next(named, None)
    if not metric or chosen is None or chosen.values is None:
        return {}
    return {
        at: link(row.texts, chosen.values)
        for at, row in enumerate(rows)
        if row.section is Section.PARAMS and row.differs and not row.leaves
    }


def put_links(rows: Sequence[Row], links: Mapping[int, float]) -> None:
    """Keep in the rows what `links_of` found; a nested value has the closest of its leaves."""
    for at, row in enumerate(rows):
        row.link = links.get(at, np.nan)
        if row.above is not None and not abs(row.above.link) >= abs(row.link):
            row.above.link = row.link


def row_of(
    section: Section, key: str, texts: Iterable[str | None], above: Row | None = None
) -> Row:
    """Return a row of texts."""
    values = tuple(texts)
    return Row(section, key, values, len(set(values)) > 1, above=above)


def _metrics(runs: Sequence[ComparedRun], values: Sequence[Mapping[str, float]]) -> list[Row]:
    tags = dict(runs[0].experiment.tags) if runs else {}
    rows = []
    for key in sorted({key for each in values for key in each}):
        found = np.array([each.get(key, np.nan) for each in values])
        texts = [formats.exact(each[key]) if key in each else None for each in values]
        made = row_of(Section.METRICS, key, texts)
        made.values = found
        made.towards = direction(key, tags)
        made.stats = value_stats(found, made.towards)
        rows.append(made)
    return rows


def _nested(section: Section, values: Sequence[Mapping[str, str]]) -> list[Row]:
    rows: list[Row] = []
    for key in sorted({key for each in values for key in each}):
        texts = tuple(each.get(key) for each in values)
        made = row_of(section, key, texts)
        rows.append(made)
        parts = _leaf_rows(made)
        made.leaves = len(parts)
        rows += parts
    return rows


def _leaf_rows(row: Row) -> list[Row]:
    """Return the leaves of a value that is nested in every run that has it; all runs' paths."""
    known: dict[str, dict[str, str] | None] = {}
    parsed: list[dict[str, str]] = []
    for text in row.texts:
        if text is None:
            parsed.append({})
            continue
        if text not in known:
            known[text] = leaves(text)
        found = known[text]
        if found is None:
            return []
        parsed.append(found)
    paths = dict.fromkeys(path for each in parsed for path in each)
    return [row_of(row.section, path, (each.get(path) for each in parsed), row) for path in paths]


def _own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {
        key: value
        for key, value in tags.items()
        if key not in _HIDDEN_TAGS and key not in _SHOWN_TAGS
    }


def _attributes(runs: Sequence[ComparedRun], stores: Sequence[str]) -> list[Row]:
    facts: dict[str, list[str | None]] = {
        "status": [each.run.status or None for each in runs],
        "started": [_moment(each.run.start_time) for each in runs],
        "duration": [run_duration(each.run) for each in runs],
        "user": [each.run.user_id or each.tags.get("mlflow.user") or None for each in runs],
        "experiment": [each.experiment.name or each.experiment.experiment_id for each in runs],
    }
    if stores:
        facts["store"] = list(stores)
    facts["command"] = [_command(each.tags) for each in runs]
    for tag, name in _SHOWN_TAGS.items():
        found = [each.tags.get(tag) or None for each in runs]
        known = facts.get(name, found)
        facts[name] = [one or other for one, other in zip(known, found, strict=True)]
    return [
        row_of(Section.ATTRIBUTES, name, texts)
        for name, texts in facts.items()
        if any(text is not None for text in texts)
    ]


def _command(tags: Mapping[str, str]) -> str | None:
    """Return what starts a run again as far as MLflow has noted it, None of a notebook or a job."""
    source, kind = tags.get("mlflow.source.name", ""), tags.get("mlflow.source.type", "")
    entry = tags.get("mlflow.project.entryPoint", "")
    if source and (kind == "PROJECT" or entry):
        commit = tags.get("mlflow.source.git.commit", "")
        options = f" -e {shlex.quote(entry)}" if entry else ""
        options += f" -v {commit}" if commit and "://" in source else ""
        return f"mlflow run {shlex.quote(source)}{options}"
    return f"python {shlex.quote(source)}" if source.endswith(".py") else None


def _moment(ms: int | None) -> str | None:
    return None if ms is None else formats.moment(ms)


def _datasets(runs: Sequence[ComparedRun]) -> list[Row]:
    """Return a row per context and name of a dataset; its value is the digest."""
    found: list[dict[str, str]] = []
    for each in runs:
        used: dict[str, str] = {}
        for data in each.datasets:
            key = f"{data.context}: {data.name}" if data.context else data.name
            used[key] = f"{used[key]}, {data.digest}" if key in used else data.digest
        found.append(used)
    keys = sorted({key for used in found for key in used})
    return [row_of(Section.DATASETS, key, (used.get(key) for used in found)) for key in keys]
