"""Whether a metric is better when lower or higher: by the experiment's tags, else by its key."""

import re
from enum import StrEnum

_LOWER = ("loss", "error", "rmse", "mse", "mae", "mape", "ece", "time", "latency", "perplexity")
_HIGHER = ("acc", "accuracy", "f1", "auc", "r2", "score", "precision", "recall", "map", "ndcg")
_WORD = re.compile(r"[A-Za-z]+\d*")
_ACCURACY = re.compile(r"acc\d*|accuracy\w*|\w*acc")


class Direction(StrEnum):
    """Which end of a metric is the better one."""

    LOWER = "lower"
    HIGHER = "higher"
    UNKNOWN = "unknown"


def direction(key: str, experiment_tags: dict[str, str] | None = None) -> Direction:
    """Return the direction of a metric key.

    Args:
        key: The metric's key.
        experiment_tags: May hold `mlflow.experiment.primaryMetric.name` and `.greaterIsBetter`.
    """
    tags = experiment_tags or {}
    if tags.get("mlflow.experiment.primaryMetric.name") == key:
        greater = tags.get("mlflow.experiment.primaryMetric.greaterIsBetter", "").lower()
        if greater in ("true", "false"):
            return Direction.HIGHER if greater == "true" else Direction.LOWER
    words = [word.lower() for word in _WORD.findall(key)]
    for word in reversed(words):
        if word in _LOWER or word.endswith(("loss", "error", "rmse")):
            return Direction.LOWER
        if word in _HIGHER or _ACCURACY.fullmatch(word) or word.endswith(("score", "auc")):
            return Direction.HIGHER
    return Direction.UNKNOWN
