"""The help on filters: MLflow's grammar in words, with examples that parse."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """One filter and what it finds."""

    filter: str
    finds: str


@dataclass(frozen=True, slots=True)
class Entity:
    """What a clause may begin with, its keys and its comparators."""

    name: str
    keys: str
    comparators: str


INTRODUCTION = (
    "The filter is MLflow’s own language for runs (mlflow.search_runs). It is made of clauses "
    "joined by AND. There is no OR, no NOT before a clause, no BETWEEN and there are no "
    "parentheses but those of a list. A filter that works here works in MLflow, and finds the "
    "same runs."
)
EXAMPLES = (
    Example("metrics.rmse < 6.5", "runs whose latest rmse is below 6.5"),
    Example("metrics.`val/loss` < 0.3 AND params.model = 'xgboost'", "both must hold"),
    Example("params.optimizer ILIKE 'adam%'", "params that begin so, in any case"),
    Example("tags.stage IS NULL", "runs without the tag"),
    Example("attributes.status = 'FAILED'", "failed runs; the case of the letters matters"),
    Example("run_name LIKE '%sweep%'", "a key without a dot is an attribute"),
    Example("start_time >= 1735689600000", "started in 2025 or later: ms since 1970, UTC"),
    Example("dataset.name = 'yellow_2025-02'", "runs that used the dataset"),
    Example("run_id IN ('a41f9c07', 'be2c61d6')", "these runs"),
)
ENTITIES = (
    Entity("metrics.…", "any", "= != < <= > >= with a number"),
    Entity("params.…", "any", "= != LIKE ILIKE, IS NULL, IS NOT NULL"),
    Entity("tags.…", "any", "= != LIKE ILIKE, IS NULL, IS NOT NULL"),
    Entity(
        "attributes.… or no word before",
        "run_id, run_name, status, user_id, artifact_uri",
        "= != LIKE ILIKE; run_id also IN, NOT IN",
    ),
    Entity("attributes.… or no word before", "start_time, end_time, created", "= != < <= > >="),
    Entity("dataset.…", "name, digest, context", "= != LIKE ILIKE, IN, NOT IN"),
)
RULES = (
    "Keys are cut at the first dot only: metrics.a.b is the metric “a.b”. A key with other signs "
    "is quoted: metrics.`val/loss`, metrics.\"f1-score\", params.'learning rate'.",
    "Texts stand in single or double quotes. There is no escape: for a text with one kind of "
    "quote use the other kind. Numbers stand without quotes: 1, -0.5, 1e-3.",
    "Params and tags are texts, so params.depth = '8' needs the quotes, and < does not work on "
    "them.",
    "LIKE and ILIKE compare the whole text: % stands for anything, _ for one letter. LIKE minds "
    "the case, ILIKE does not (of the letters A to Z).",
    "A metric is compared by its latest value: the one with the greatest step. Where NaN was "
    "logged, only != holds.",
    "!= finds only runs that have the key. Those without it are found by IS NULL.",
)
ORDER = (
    "Click on a column’s title to sort. On the command line, --order-by takes a key in the same "
    "spelling, then ASC or DESC. NaN comes after numbers and missing values come last."
)
