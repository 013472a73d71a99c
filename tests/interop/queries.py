"""Makes filters and orderings at random within MLflow's grammar, of what a store holds."""

import random
import re

from runcase.store import frame
from runcase.store.columns import DatasetColumn, MetricColumn
from runcase.store.records import ColumnKey, Kind, Lifecycle

ENTITIES = {
    Kind.METRIC: ("metrics", "metric", "`metrics`"),
    Kind.PARAM: ("params", "param", "parameter", "parameters"),
    Kind.TAG: ("tags", "tag"),
    Kind.DATASET: ("dataset", "datasets"),
    Kind.ATTRIBUTE: ("attributes", "attribute", "attr", "run"),
}
TEXTS = ("run_id", "run_name", "status", "user_id", "artifact_uri")
TIMES = ("start_time", "end_time", "created")
MISREAD = re.compile(r" IS (NOT )?NULL$| IN \(", re.IGNORECASE)
NUMERIC = ("=", "!=", "<", "<=", ">", ">=")


class Queries:
    """Rolls the dice over the keys and values of a store."""

    def __init__(self, connection, seed):
        self.dice = random.Random(seed)
        runs = frame.load(connection, None, Lifecycle.ALL)
        keys = frame.keys(connection)
        keys += [ColumnKey(Kind.DATASET, name) for name in ("name", "digest", "context")]
        frame.load_columns(connection, runs, keys)
        self.values = {key: values(runs.columns[key]) for key in keys}
        self.values = {key: some for key, some in self.values.items() if some}
        self.texts = {
            name: [runs.text(name, row) for row in range(len(runs))]
            for name in TEXTS
            if name != "artifact_uri"
        }
        self.times = [int(time) for time in runs.start_time if time > 0] or [0]

    def filter(self):
        clauses = [self.clause() for _ in range(self.dice.choice([1, 1, 2, 2, 3]))]
        written = self.dice.choice(["", "", "AND "]) + clauses[0]
        for clause in clauses[1:]:
            # MLflow misreads what follows a comparison without AND, unless it is one, too.
            joints = [" AND ", " and ", "  And "] + [" "] * (not re.search(MISREAD, clause))
            written += self.dice.choice(joints) + clause
        return written

    def order(self):
        found = [self.ordered() for _ in range(self.dice.choice([1, 1, 2, 3]))]
        return [f"{name} {self.dice.choice(['', 'ASC', 'desc', 'DESC'])}".strip() for name in found]

    def ordered(self):
        keys = [key for key in self.values if key.kind is not Kind.DATASET]
        if keys and self.dice.random() < 0.7:
            return self.named(self.dice.choice(keys))
        return self.attribute(self.dice.choice(TEXTS + TIMES))

    def clause(self):
        kind = self.dice.choice(
            [Kind.METRIC] * 3 + [Kind.PARAM] * 3 + [Kind.TAG] * 2 + [Kind.ATTRIBUTE] * 3
            + [Kind.DATASET]
        )  # fmt: skip
        keys = [key for key in self.values if key.kind is kind]
        if kind is Kind.ATTRIBUTE or not keys:
            return self.attribute_clause()
        key = self.dice.choice(keys)
        name, some = self.named(key), self.values[key]
        if kind is Kind.METRIC:
            return f"{name} {self.dice.choice(NUMERIC)} {self.number(some)}"
        if kind is Kind.DATASET:
            return f"{name} {self.textual(some, lists=True)}"
        if self.dice.random() < 0.15:
            return f"{name} {self.dice.choice(['IS NULL', 'is not null'])}"
        return f"{name} {self.textual(some)}"

    def attribute_clause(self):
        if self.dice.random() < 0.3:
            time = self.dice.choice(self.times) + self.dice.choice([-1, 0, 0, 0.5, 1])
            return f"{self.attribute(self.dice.choice(TIMES))} {self.dice.choice(NUMERIC)} {time}"
        name = self.dice.choice(sorted(self.texts))
        some = [each for each in self.texts[name] if each] or ["x"]
        return f"{self.attribute(name)} {self.textual(some, lists=name == 'run_id')}"

    def attribute(self, name):
        return self.dice.choice([name, name, f"attributes.{name}", f"run.`{name}`"])

    def named(self, key):
        quoted = [f"`{key.key}`"]
        quoted += [f"{sign}{key.key}{sign}" for sign in "\"'" if sign not in key.key]
        if key.key.replace("_", "a").replace(".", "a").isalnum() and key.key[0].isalpha():
            quoted += [key.key] * 3
        return f"{self.dice.choice(ENTITIES[key.kind])}.{self.dice.choice(quoted)}"

    def number(self, some):
        value = self.dice.choice(some) + self.dice.choice([0, 0, 0, 0.1, -1, 1e-9])
        return repr(value).replace("e+", "e")

    def textual(self, some, lists=False):
        operator = self.dice.choice(["=", "=", "!=", "LIKE", "ilike", "LIKE"])
        value = self.dice.choice(some)
        if lists and self.dice.random() < 0.4:
            listed = ", ".join(map(quoted, self.dice.sample(some, min(len(some), 3))))
            return f"{self.dice.choice(['IN', 'not in'])} ({listed})"
        if operator in ("LIKE", "ilike"):
            value = self.pattern(value)
        return f"{operator} {quoted(value)}"

    def pattern(self, value):
        at = self.dice.randrange(len(value) + 1)
        whole = self.dice.choice(["%{0}", "{0}%", "%{0}%", "{0}_%", "_{0}%"])
        cut = value[at : at + 4] if self.dice.random() < 0.5 else value[:at]
        return whole.format(self.dice.choice([cut, cut.upper(), cut.lower()]))


def values(column):
    """The different values of a column: finite numbers, or texts that one kind of quote holds."""
    if isinstance(column, MetricColumn):
        return sorted({float(v) for v in column.values if abs(v) < 1e300})
    if isinstance(column, DatasetColumn):
        found = {text for texts in column.categories for text in texts}
    else:
        found = set(column.categories)
    return sorted(text for text in found if len(text) < 200 and is_plain(text))


def is_plain(text):
    return not ("'" in text and '"' in text) and "\\" not in text


def quoted(text):
    return f'"{text}"' if "'" in text else f"'{text}'"
