"""The help on filters: MLflow's grammar and what Runcase adds, with examples that parse."""

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
    "A filter is made of clauses. One in MLflow’s own language (mlflow.search_runs) finds exactly "
    "the runs that MLflow finds, and works there, too. Everything below “What Runcase adds” is "
    "Runcase’s own: MLflow refuses it."
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
    "LIKE and ILIKE compare the whole text: % stands for anything, _ for one letter. LIKE minds "
    "the case, ILIKE does not (of the letters A to Z).",
    "A metric is compared by its latest value: the one with the greatest step. Where NaN was "
    "logged, only != holds.",
    "!= finds only runs that have the key. Those without it are found by IS NULL.",
)
OWN_EXAMPLES = (
    Example("xgboost geo", "both words, in the name, id, params, tags or notes, in any case"),
    Example(
        "'two words' AND metrics.rmse < 6.5", "words beside clauses; quotes keep them together"
    ),
    Example("status = 'FAILED' OR metrics.loss IS NAN", "one must hold"),
    Example("NOT (params.model = 'svm' OR starred)", "none of them"),
    Example("params.lr > 0.01", "a param as a number, because the value has no quotes"),
    Example("params.depth IN (4, 8) AND tags.team NOT IN ('a', 'b')", "lists, of anything"),
    Example("metrics.rmse BETWEEN 6 AND 6.5", "both ends count"),
    Example("params.optimizer ~ '^adam(w|ax)?$'", "a regular expression; !~ turns it round"),
    Example("min(metrics.loss) < 0.3", "the least value that was ever logged"),
    Example("at(metrics.loss, 100) < 0.5", "the value at step 100"),
    Example("duration > 1h30m AND age < 7d", "units: ms s m h d w"),
    Example("start_time >= 2025-03-01 AND start_time < '2025-03-02 12:00'", "local time"),
    Example("start_time = yesterday", "with = a date is all of its day"),
    Example("metrics.loss IS NULL AND model.name IS NOT NULL", "IS NULL works for anything"),
    Example("experiment = 'nyc-taxi/duration-xgb'", "in a table of several experiments"),
    Example("mark.note ILIKE '%check%' OR pinned", "your own marks"),
)
OWN_ENTITIES = (
    Entity("metrics.…", "any", "also IN, BETWEEN, IS NULL, IS NAN; nan, inf, -inf as numbers"),
    Entity("params.… and tags.…", "any", "also < <= > >= IN BETWEEN ~ !~, numbers, IS NAN"),
    Entity(
        "min max mean first last at( )",
        "of a metric’s history; also step_of_min, step_of_max",
        "as metrics",
    ),
    Entity("no word before", "duration, age", "= != < <= > >= IN BETWEEN, IS NULL"),
    Entity(
        "no word before",
        "name, experiment, experiment_id, lifecycle_stage, parent_id",
        "as params",
    ),
    Entity("model.…", "name: logged models and registered versions", "as params"),
    Entity("mark.…", "star, pin, hidden, note", "IS NULL, IS NOT NULL; note as params"),
    Entity("no word before", "starred, pinned, hidden", "stand alone"),
)
OWN_RULES = (
    "NOT binds before AND, AND before OR; parentheses change that. AND may be left out.",
    "NOT finds every run that the clause does not find, those without a value among them; != and "
    "NOT IN find only runs that have one.",
    "With a number a param or tag counts only if its text is a number. With a text in quotes it "
    "is compared letter by letter, < and > too.",
    "Regular expressions are those of Rust: without look-around and back-references, so that none "
    "takes long. (?i) at the start lets the case not matter.",
    "Inside backticks two backticks stand for one. A text with both kinds of quotes is written "
    "E'it\\'s \"so\"', where \\' \\\\ \\n and \\t stand for what they stand for in Python.",
    "A date is compared by its beginning: > 2025-03-01 finds that day, too. In BETWEEN the last "
    "date counts whole.",
)
ORDER = (
    "Click on a column’s title to sort. On the command line, --order-by takes a key in the same "
    "spelling, then ASC or DESC. NaN comes after numbers and missing values come last."
)
