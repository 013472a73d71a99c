"""The names in a filter or an ordering: entities, attributes, and what to say of a wrong one."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from runcase.errors import FilterError
from runcase.store.records import ColumnKey, Kind

RUN_NAME = ColumnKey(Kind.TAG, "mlflow.runName")

ENTITIES: dict[str, Kind] = {
    **dict.fromkeys(("metric", "metrics"), Kind.METRIC),
    **dict.fromkeys(("param", "params", "parameter", "parameters"), Kind.PARAM),
    **dict.fromkeys(("tag", "tags"), Kind.TAG),
    **dict.fromkeys(("attribute", "attributes", "attr", "run"), Kind.ATTRIBUTE),
    **dict.fromkeys(("dataset", "datasets"), Kind.DATASET),
}
TIMES = ("start_time", "end_time")
TEXTS = ("run_id", "run_name", "status", "user_id", "artifact_uri")
DATASET_KEYS = ("name", "digest", "context")
_TIME_ALIASES = {"created": "start_time", "Created": "start_time"}
_NAME_ALIASES = dict.fromkeys(("run name", "Run name", "Run Name"), "run_name")
_COMMON_MISTAKES = {
    "name": "run_name",
    "id": "run_id",
    "run_uuid": "run_id",
    "user": "user_id",
    "started": "start_time",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text, for errors: where it starts and how long it is."""

    start: int
    length: int

    def error(self, message: str, hint: str = "") -> FilterError:
        """Return the error of this piece."""
        return FilterError(message, self.start, self.length, hint)


def attribute(name: str, place: Span, *, ordering: bool = False) -> ColumnKey:
    """Return the attribute that MLflow knows by a name.

    Raises:
        FilterError: It knows none.
    """
    aliases = _TIME_ALIASES if ordering else {**_TIME_ALIASES, **_NAME_ALIASES}
    known = aliases.get(name, name)
    if known in TIMES or known in TEXTS:
        return ColumnKey(Kind.ATTRIBUTE, known)
    raise unknown_attribute(name, place, (*TIMES, *TEXTS))


def unknown_attribute(name: str, place: Span, known: Sequence[str]) -> FilterError:
    """Return what to say of a name that no attribute has."""
    wanted = _COMMON_MISTAKES.get(name)
    hint = f"Did you mean {wanted}?" if wanted in known else did_you_mean(name, known)
    return place.error(
        f"A run has no attribute {name}.",
        hint
        or f"For a metric write metrics.{name}, for a param params.{name}, for a tag tags.{name}.",
    )


def unknown_entity(entity: str, start: int, known: Sequence[str] = ()) -> FilterError:
    """Return what to say of a word before a dot that is no entity."""
    return Span(start, len(entity)).error(
        f"{entity} is none of metrics, params, tags, attributes, dataset.",
        did_you_mean(entity.lower(), (*ENTITIES, *known)) or "Put one of them before the dot.",
    )


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the question whether the nearest known word was meant, "" when none is near."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else ""


def canonical(column: ColumnKey) -> ColumnKey:
    """Return what a filter compares for a column: for a run's name the tag, as MLflow does."""
    return RUN_NAME if column == ColumnKey(Kind.ATTRIBUTE, "run_name") else column


def unquoted(text: str) -> str:
    """Return a text without the quotes of any kind around it."""
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "`'\"":
        return text[1:-1]
    return text
