"""The columns of the runs table: their titles, alignment and widths."""

import re

from runcase.store.records import ColumnKey, Kind

NAME = ColumnKey(Kind.ATTRIBUTE, "run_name")
STATUS = ColumnKey(Kind.ATTRIBUTE, "status")
STARTED = ColumnKey(Kind.ATTRIBUTE, "start_time")
ENDED = ColumnKey(Kind.ATTRIBUTE, "end_time")
DURATION = ColumnKey(Kind.ATTRIBUTE, "duration")
AGE = ColumnKey(Kind.ATTRIBUTE, "age")
EXPERIMENT = ColumnKey(Kind.ATTRIBUTE, "experiment_id")
PARENT = ColumnKey(Kind.ATTRIBUTE, "parent_id")
ARTIFACTS = ColumnKey(Kind.ATTRIBUTE, "artifact_uri")
SOURCE = ColumnKey(Kind.TAG, "mlflow.source.name")
STAR = ColumnKey(Kind.MARK, "star")
NOTE = ColumnKey(Kind.MARK, "note")

# What a table shows before anybody chose; the name is always there, and always first.
DEFAULT = (STATUS, STARTED, DURATION)

_TITLES = {
    NAME: "Run",
    STATUS: "status",
    STARTED: "started",
    DURATION: "duration",
    ENDED: "ended",
    AGE: "age",
    ColumnKey(Kind.ATTRIBUTE, "run_id"): "run id",
    ColumnKey(Kind.ATTRIBUTE, "user_id"): "user",
    EXPERIMENT: "experiment",
    PARENT: "parent",
    ARTIFACTS: "artifacts",
    ColumnKey(Kind.ATTRIBUTE, "lifecycle_stage"): "lifecycle",
    SOURCE: "source",
    ColumnKey(Kind.TAG, "mlflow.source.git.commit"): "commit",
    ColumnKey(Kind.TAG, "mlflow.note.content"): "note",
    ColumnKey(Kind.TAG, "mlflow.user"): "user",
    ColumnKey(Kind.DATASET, "name"): "dataset",
    ColumnKey(Kind.DATASET, "digest"): "digest",
    ColumnKey(Kind.DATASET, "context"): "context",
    ColumnKey(Kind.MODEL, "name"): "models",
    STAR: "star",
    NOTE: "my note",
}
# Columns with a title of their own that every store can show.
EXTRA = tuple(key for key in _TITLES if key != NAME)

_GROUPS = {
    Kind.ATTRIBUTE: "attributes",
    Kind.METRIC: "metrics",
    Kind.PARAM: "params",
    Kind.TAG: "tags",
    Kind.DATASET: "datasets",
    Kind.MODEL: "models",
    Kind.MARK: "local",
    Kind.WORD: "words",
}
_WIDTHS = {NAME: 264, STATUS: 34, STARTED: 104, DURATION: 96, AGE: 84, STAR: 40}
TIMES = (STARTED, ENDED)
NUMBERS = (DURATION, AGE)
CURVE = "curve"
# The values of a metric that can be columns, as `ColumnKey.how` spells them, and their names.
HOWS = {
    "": "Latest",
    "min": "Minimum",
    "max": "Maximum",
    "mean": "Mean",
    "first": "First",
    "step of min": "Step of Minimum",
    "step of max": "Step of Maximum",
    CURVE: "Sparkline",
}
_AT = "at:"
# No two parts can match the same digits: a text of millions of them is tried in one pass.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan", re.IGNORECASE)


def title(key: ColumnKey) -> str:
    """Return a column's title."""
    return _TITLES.get(key, key.key)


def group(key: ColumnKey) -> str:
    """Return the small word over a column's title, "" for the name and the status."""
    if key in (NAME, STATUS, STAR):
        return ""
    return f"{_GROUPS[key.kind]} · {how_words(key.how)}" if key.how else _GROUPS[key.kind]


def kind_words(key: ColumnKey) -> str:
    """Return the word for a column's kind, such as "metrics"."""
    return _GROUPS[key.kind]


def how_words(how: str) -> str:
    """Return in words which of a metric's values a column shows, such as "min" or "at step 100"."""
    return f"at step {how.removeprefix(_AT)}" if how.startswith(_AT) else how


def at_step(step: int) -> str:
    """Return the `how` of a metric's value at a step."""
    return f"{_AT}{step}"


def said(key: ColumnKey) -> str:
    """Return a column's full name, such as "metrics.rmse" or "min(metrics.rmse)"."""
    if key == STATUS:
        return "status"
    name = f"{_GROUPS[key.kind]}.{key.key}"
    return f"{how_words(key.how)}({name})" if key.how else name


def width(key: ColumnKey) -> int:
    """Return a column's first width in pixels."""
    if key in _WIDTHS:
        return _WIDTHS[key]
    wide = 7 * max(len(title(key)), len(group(key)) - 2) + 34
    if key.kind is Kind.METRIC:
        return max(88, min(150, wide))
    return max(84, min(170, wide))


def is_right_aligned(key: ColumnKey) -> bool:
    """Say whether a column holds numbers whatever its values are."""
    return key in NUMBERS or (key.kind is Kind.METRIC and key.how != CURVE)


def is_number(text: str) -> bool:
    """Say whether a param or tag reads as a number."""
    return _NUMBER.fullmatch(text) is not None


def encode(key: ColumnKey) -> str:
    """Return a column's name for the settings."""
    kind = f"{key.kind.value}({key.how})" if key.how else key.kind.value
    return f"{kind}:{key.key}"


def decode(text: str) -> ColumnKey | None:
    """Return the column of a name from the settings, None for an unknown one."""
    kind, found, key = text.partition(":")
    if "(" in kind:  # the how may hold a colon itself: "metric(at:5):loss"
        kind, _, rest = text.partition("(")
        how, found, key = rest.partition("):")
    else:
        how = ""
    if not found or kind not in set(Kind):
        return None
    return ColumnKey(Kind(kind), key, how)
