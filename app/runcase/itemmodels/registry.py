"""The versions of a registered model and the list of models, as Qt rows."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from runcase.itemmodels import formats
from runcase.itemmodels.directions import direction
from runcase.itemmodels.searched_rows import SearchedRows
from runcase.store.records import ModelVersion, RegisteredModel

CHIPS_ROLE = int(Qt.ItemDataRole.UserRole) + 1
LINK_ROLE = int(Qt.ItemDataRole.UserRole) + 2
STRONG_ROLE = int(Qt.ItemDataRole.UserRole) + 3

MAX_METRICS = 3


class VersionsModel(SearchedRows[ModelVersion]):
    """Versions, newest first: version, aliases, stage, source run, metrics, tags, created."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._metrics: Mapping[str, Mapping[str, float]] = {}
        self._prompt = False
        self.stages = True
        self.keys: tuple[str, ...] = ()
        self.columns: tuple[str, ...] = ()

    def show(
        self,
        versions: Sequence[ModelVersion],
        metrics: Mapping[str, Mapping[str, float]],
        prompt: bool,
    ) -> None:
        """Show versions with the metrics of their source runs, by run id and key."""
        self._metrics, self._prompt = metrics, prompt
        self.keys = () if prompt else _common_keys(versions, metrics)
        self._put(versions)

    def set_stages(self, shown: bool) -> None:
        """Show or hide the legacy stages."""
        self.stages = shown
        self._narrow()

    @property
    def has_stages(self) -> bool:
        """Say whether any version has a legacy stage."""
        return any(each.current_stage != "None" for each in self._every)

    def row_of(self, version: int) -> int | None:
        """Return the row of a version number."""
        found = (row for row, each in enumerate(self._shown) if each.version == version)
        return next(found, None)

    def metric(self, row: int, key: str) -> float | None:
        """Return a metric of a row's source run."""
        return self._metrics.get(self._shown[row].run_id or "", {}).get(key)

    def as_tsv(self, numbers: Sequence[int]) -> str:
        """Return versions as tab-separated text with titles; metrics with all their digits."""
        lines = ["\t".join(column.removeprefix("metric:") for column in self.columns)]
        for row, version in enumerate(self._shown):
            if version.version in numbers:
                lines.append("\t".join(self._said_cell(row, column) for column in self.columns))
        return "\n".join(lines) + "\n"

    def titles(self) -> Sequence[str]:
        return tuple(each.removeprefix("metric:") for each in self.columns)

    def _is_number(self, column: int) -> bool:
        return self.columns[column].startswith("metric:")

    def _cell(self, number: int, at: int, role: int) -> Any:
        version, column = self._shown[number], self.columns[at]
        if column.startswith("metric:"):
            return self._metric_cell(number, column.removeprefix("metric:"), role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(version, column)
        if role == CHIPS_ROLE:
            return self._chips(version, column)
        if role == LINK_ROLE:
            return column == "Source run" and version.run_name is not None
        if role == STRONG_ROLE:
            return column == "Version"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(version, column)
        return None

    def _said(self, row: ModelVersion) -> str:
        return _said(row)

    def _choose_columns(self) -> None:
        stages = ("Stage (legacy)",) if self.stages and self.has_stages else ()
        measured = tuple(f"metric:{key}" for key in self.keys)
        self.columns = ("Version", "Aliases", *stages, "Source run", *measured, "Tags", "Created")
        if self._prompt:
            self.columns = ("Version", "Aliases", "Commit message", "Tags", "Created")

    def _said_cell(self, row: int, column: str) -> str:
        version = self._shown[row]
        if column.startswith("metric:"):
            value = self.metric(row, column.removeprefix("metric:"))
            return "" if value is None else formats.exact(value)
        if column == "Created":
            return formats.moment(version.creation_time)
        if column == "Stage (legacy)":
            return version.current_stage
        chips = self._chips(version, column)
        return ", ".join(text for text, _ in chips) if chips else self._text(version, column)

    def _text(self, version: ModelVersion, column: str) -> str:
        match column:
            case "Version":
                return f"v{version.version}"
            case "Source run":
                return formats.one_line(version.run_name or "") or formats.MISSING
            case "Created":
                return formats.age(version.creation_time, int(time.time() * 1000))
            case "Commit message":
                return formats.one_line(version.description or "")
            case "Stage (legacy)":
                return "" if version.current_stage != "None" else "None"
            case _:
                return ""

    def _chips(self, version: ModelVersion, column: str) -> tuple[tuple[str, str], ...]:
        if column == "Aliases":
            return tuple((alias, "accent") for alias in version.aliases)
        if column == "Tags":
            tags = own_tags(version.tags).items()
            return tuple(
                (f"{key} {formats.one_line(value)}".strip(), "plain") for key, value in tags
            )
        if column == "Stage (legacy)" and version.current_stage != "None":
            return ((version.current_stage, _STAGES.get(version.current_stage, "outline")),)
        return ()

    def _tip(self, version: ModelVersion, column: str) -> str:
        if column == "Created":
            return formats.moment_with_zone(version.creation_time)
        if column == "Source run":
            if version.run_id is None:
                return "Registered without a source run"
            known = version.run_name is not None
            return version.run_id if known else "The source run is not in this store"
        if column == "Tags":
            tags = own_tags(version.tags).items()
            return formats.excerpt("\n".join(f"{key}: {value}" for key, value in tags))
        if column == "Commit message":
            return formats.excerpt(version.description or "")
        if column == "Aliases":
            return "\n".join(version.aliases)
        return formats.excerpt(_said(version))

    def _metric_cell(self, row: int, key: str, role: int) -> Any:
        value = self.metric(row, key)
        if role == Qt.ItemDataRole.DisplayRole:
            if value is None:
                return formats.MISSING
            every = (self.metric(at, key) for at in range(len(self._shown)))
            places = formats.decimals_for([each for each in every if each is not None])
            return formats.number(value, min(places, 4) if places else 0)
        if role == STRONG_ROLE:
            return value is not None and value == self._best(key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "" if value is None else formats.exact(value)
        return None

    def _best(self, key: str) -> float | None:
        every = [self.metric(row, key) for row in range(len(self._shown))]
        values = [value for value in every if value is not None and value == value]
        if not values or min(values) == max(values):
            return None  # nothing is better than the others
        better = direction(key)
        return {"lower": min(values), "higher": max(values)}.get(better.value)


class ModelsModel(SearchedRows[RegisteredModel]):
    """Registered models or prompts: name, aliases, versions, updated, description."""

    TITLES = ("Name", "Aliases", "Versions", "Last updated", "Tags", "Description")

    def show(self, models: Sequence[RegisteredModel]) -> None:
        """Show models; prompts come last."""
        self._put(sorted(models, key=lambda each: (each.is_prompt, each.name.casefold())))

    def _said(self, row: RegisteredModel) -> str:
        return _said_model(row)

    def _cell(self, number: int, column: int, role: int) -> Any:
        model = self._shown[number]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(model, column)
        if role == CHIPS_ROLE:
            if column == 1:
                return tuple((f"{each.name} v{each.version}", "accent") for each in model.aliases)
            if column == 4:
                tags = own_tags(model.tags).items()
                return tuple((f"{key} {formats.one_line(value)}", "plain") for key, value in tags)
        if role == STRONG_ROLE:
            return column == 0
        if role == LINK_ROLE:
            return column == 0
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.excerpt((model.description or "") if column == 5 else model.name)
        return None

    def _text(self, model: RegisteredModel, column: int) -> str:
        now = int(time.time() * 1000)
        return {
            0: formats.one_line(model.name),
            2: formats.count(model.versions),
            3: formats.age(model.last_updated_time, now),
            5: formats.one_line(model.description or ""),
        }.get(column, "")


def own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that a person set, in order of key; MLflow's own are left out."""
    return {key: tags[key] for key in sorted(tags) if not key.startswith(("mlflow.", "_mlflow"))}


_STAGES = {"Production": "success", "Staging": "warn"}


def _common_keys(
    versions: Sequence[ModelVersion], metrics: Mapping[str, Mapping[str, float]]
) -> tuple[str, ...]:
    """Choose the metrics that most versions' source runs have; those with a direction first."""
    counts: dict[str, int] = {}
    for version in versions:
        for key in metrics.get(version.run_id or "", {}):
            if not key.startswith("system/"):
                counts[key] = counts.get(key, 0) + 1

    def rank(key: str) -> tuple[int, bool, str]:
        return (-counts[key], direction(key).value == "unknown", key.casefold())

    return tuple(sorted(counts, key=rank)[:MAX_METRICS])


def _said(version: ModelVersion) -> str:
    tags = " ".join(f"{key} {value}" for key, value in version.tags.items())
    parts = [f"v{version.version}", *version.aliases, version.current_stage]
    return " ".join([*parts, version.run_name or "", version.run_id or "", tags])


def _said_model(model: RegisteredModel) -> str:
    tags = " ".join(f"{key} {value}" for key, value in model.tags.items())
    aliases = " ".join(alias.name for alias in model.aliases)
    return f"{model.name} {aliases} {tags} {model.description or ''}"
