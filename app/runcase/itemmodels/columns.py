"""The columns of the runs table: their titles, alignment and widths."""

import re

from runcase.store.records import ColumnKey, Kind

NAME = ColumnKey(Kind.ATTRIBUTE, "run_name")
STATUS = ColumnKey(Kind.ATTRIBUTE, "status")
STARTED = ColumnKey(Kind.ATTRIBUTE, "start_time")
DURATION = ColumnKey(Kind.ATTRIBUTE, "duration")

# Always there, in this order; the first is the frozen column.
FIXED = (NAME, STATUS, STARTED, DURATION)

# Further attributes and tags that have a title of their own.
_TITLES = {
    NAME: "Run",
    STATUS: "",
    STARTED: "started",
    DURATION: "duration",
    ColumnKey(Kind.ATTRIBUTE, "end_time"): "ended",
    ColumnKey(Kind.ATTRIBUTE, "run_id"): "run id",
    ColumnKey(Kind.ATTRIBUTE, "user_id"): "user",
    ColumnKey(Kind.ATTRIBUTE, "experiment_id"): "experiment",
    ColumnKey(Kind.ATTRIBUTE, "artifact_uri"): "artifacts",
    ColumnKey(Kind.ATTRIBUTE, "lifecycle_stage"): "lifecycle",
    ColumnKey(Kind.TAG, "mlflow.source.name"): "source",
    ColumnKey(Kind.TAG, "mlflow.source.git.commit"): "commit",
    ColumnKey(Kind.TAG, "mlflow.note.content"): "note",
    ColumnKey(Kind.TAG, "mlflow.user"): "user",
    ColumnKey(Kind.DATASET, "name"): "dataset",
}
EXTRA = tuple(key for key in _TITLES if key not in FIXED)

_GROUPS = {
    Kind.ATTRIBUTE: "attributes",
    Kind.METRIC: "metrics",
    Kind.PARAM: "params",
    Kind.TAG: "tags",
    Kind.DATASET: "datasets",
}
_WIDTHS = {NAME: 240, STATUS: 34, STARTED: 104, DURATION: 96}
# No two parts can match the same digits: a text of millions of them is tried in one pass.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan", re.IGNORECASE)


def title(key: ColumnKey) -> str:
    """Return a column's title."""
    return _TITLES.get(key, key.key)


def group(key: ColumnKey) -> str:
    """Return the small word over a column's title, "" for the first two."""
    return "" if key in (NAME, STATUS) else _GROUPS[key.kind]


def said(key: ColumnKey) -> str:
    """Return a column's full name, such as "metrics.rmse"."""
    return "status" if key == STATUS else f"{_GROUPS[key.kind]}.{key.key}"


def width(key: ColumnKey) -> int:
    """Return a column's first width in pixels."""
    if key in _WIDTHS:
        return _WIDTHS[key]
    wide = 7 * len(title(key)) + 34
    if key.kind is Kind.METRIC:
        return max(88, min(150, wide))
    return max(84, min(170, wide))


def is_number(text: str) -> bool:
    """Say whether a param or tag reads as a number."""
    return _NUMBER.fullmatch(text) is not None


def encode(key: ColumnKey) -> str:
    """Return a column's name for the settings."""
    return f"{key.kind.value}:{key.key}"


def decode(text: str) -> ColumnKey | None:
    """Return the column of a name from the settings, None for an unknown one."""
    kind, found, key = text.partition(":")
    if not found or kind not in set(Kind):
        return None
    return ColumnKey(Kind(kind), key)
