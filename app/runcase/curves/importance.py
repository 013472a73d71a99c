"""How much each param matters for a metric: by rank correlation, or by a random forest."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import Any

import numpy as np

from runcase.curves.links import ranks
from runcase.curves.matrix import is_there, link_of
from runcase.curves.run_table import Values
from runcase.curves.series import Floats
from runcase.errors import RuncaseError
from runcase.progress import Progress

_SEED = 0
_TREES = 100
_FOLDS = 5
_REPEATS = 5
# Fewer runs than two to a fold cannot be checked against each other.
_FEWEST = 2 * _FOLDS
# A forest of more takes minutes.
_MOST_RUNS = 5_000


class Method(StrEnum):
    """How importance is measured."""

    RANK = "rank"
    FOREST = "forest"


@dataclass(frozen=True, slots=True)
class Importance:
    """What a param does to a metric.

    Attributes:
        name: The column, as the table's views spell it.
        title: As it is shown.
        value: Of ranks |ρ| or η, 0 to 1; of a forest the loss of R² without it, which may be < 0.
        link: ρ with its sign; NaN for texts.
        count: The runs that have both.
    """

    name: str
    title: str
    value: float
    link: float
    count: int


@dataclass(frozen=True, slots=True)
class Importances:
    """All params that say anything, the most important first.

    Attributes:
        params: In order.
        silent: How many params say nothing: they do not vary, or differ in each run.
        score: The forest's R² on runs that it has not seen; NaN for ranks.
        runs: The runs looked at.
    """

    params: tuple[Importance, ...]
    silent: int
    score: float
    runs: int


def by_rank(params: Sequence[Values], metric: Values, progress: Progress) -> Importances:
    """Measure each param alone: Spearman's |ρ| of numbers, eta of texts."""
    found = []
    for each in params:
        progress.check()
        link, count = link_of(each, metric)
        if not np.isnan(link):
            signed = link if each.is_numeric else float("nan")
            found.append(Importance(each.name, each.title, abs(link), signed, count))
    found.sort(key=lambda each: -each.value)
    runs = int(np.isfinite(metric.numbers).sum())
    return Importances(tuple(found), len(params) - len(found), float("nan"), runs)


def has_forest() -> bool:
    """Say whether scikit-learn is installed; it is not imported for that."""
    return find_spec("sklearn") is not None


def by_forest(params: Sequence[Values], metric: Values, progress: Progress) -> Importances:
    """Measure all params together: what R² of a random forest loses when one is shuffled.

    Each forest is asked about the fifth of the runs that it has not seen (Breiman 2001; permuted as
    in scikit-learn). The same runs always give the same numbers. Takes seconds: for a worker.

    Raises:
        RuncaseError: scikit-learn is missing, or there are too few runs.
    """
    if not has_forest():
        hint = "Install it beside Runcase: pip install scikit-learn"
        if hasattr(sys, "_MEIPASS"):  # a bundle, which takes no packages
            hint = "This bundle comes without it; rank correlation works."
        raise RuncaseError("The random forest needs scikit-learn, which is not installed.", hint)
    runs = np.flatnonzero(np.isfinite(metric.numbers))
    if len(runs) < _FEWEST:
        raise RuncaseError(
            f"The random forest needs {_FEWEST} runs with the metric; there are {len(runs)}.",
            "Rank correlation works with fewer.",
        )
    if len(runs) > _MOST_RUNS:
        runs = np.sort(np.random.default_rng(_SEED).choice(runs, _MOST_RUNS, replace=False))
    varying = [each for each in params if _varies(each, runs)]
    if not varying:
        return Importances((), len(params), float("nan"), len(runs))
    target = metric.numbers[runs] / (float(np.abs(metric.numbers[runs]).max()) or 1.0)
    target = (target - target.mean()) / (float(target.std()) or 1.0)
    losses, score = _permuted(
        np.column_stack([_feature(each, runs) for each in varying]), target, progress
    )
    found = []
    for each, value in zip(varying, losses, strict=True):
        link, count = link_of(each, metric)
        signed = link if each.is_numeric else float("nan")
        found.append(Importance(each.name, each.title, float(value), signed, count))
    found.sort(key=lambda each: -each.value)
    return Importances(tuple(found), len(params) - len(found), score, len(runs))


def _permuted(features: Floats, target: Floats, progress: Progress) -> tuple[Floats, float]:
    # 1 s to import, and installed only by those who want it.
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance
    from sklearn.model_selection import KFold

    losses, scores = [], []
    folds: Any = KFold(_FOLDS, shuffle=True, random_state=_SEED)
    for at, (train, test) in enumerate(folds.split(features)):
        progress.report(at, _FOLDS, "forests")
        forest: Any = RandomForestRegressor(_TREES, random_state=_SEED, min_samples_leaf=2)
        forest.fit(features[train], target[train])
        scores.append(float(forest.score(features[test], target[test])))
        found: Any = permutation_importance(
            forest, features[test], target[test], n_repeats=_REPEATS, random_state=_SEED
        )
        losses.append(found.importances_mean)
    return np.mean(losses, axis=0), float(np.mean(scores))


def _varies(values: Values, runs: np.typing.NDArray[np.int64]) -> bool:
    there = runs[is_there(values)[runs]]
    column = values.numbers if values.is_numeric else values.codes
    return len(np.unique(column[there])) > 1


def _feature(values: Values, runs: np.typing.NDArray[np.int64]) -> Floats:
    """Return ranks, or codes of texts: a tree asks for the order only. NaN where there is none."""
    there = is_there(values)[runs]
    found = np.full(len(runs), np.nan)
    found[there] = (
        ranks(values.numbers[runs][there]) if values.is_numeric else values.codes[runs][there]
    )
    return found
