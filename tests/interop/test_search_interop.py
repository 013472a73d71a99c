"""Our answers to filters and orderings are the client's, in its order, refusals included."""

import random

import numpy as np
import pytest

from interop.queries import Queries
from made import unpack
from runcase.errors import FilterError
from runcase.store import frame
from runcase.store.engine import Store
from runcase.store.records import Lifecycle
from runcase.store.sample import write_sample
from runcase.store.search import parse, parse_order

FILTERS = [
    "",
    "AND",
    "metrics.a > 1",
    "metrics.a >= 1 AND metrics.a <= 2",
    "metrics.a < 0.5",
    "metrics.a = 1",
    "metrics.a != 1",
    "metrics.a > -1.5e-3",
    "metrics.a > 1e300",
    "metrics.a = 1.7976931348623157e308",
    "metrics.`val/loss` < 2 and metrics.a != 0",
    'metrics."val/loss" > 1',
    "metrics.'val/loss' != 1",
    "metrics.missing != 1",
    "params.lr = '0.1'",
    "params.lr != '0.1'",
    "params.lr LIKE '0.%'",
    "params.lr LIKE '_._'",
    "params.name LIKE 'böb%'",
    "params.name ILIKE 'BÖB%'",
    "params.name ILIKE 'bO%'",
    "params.name LIKE 'B%'",
    "params.name = 'it''s'",
    'params.name = "it\'s"',
    "params.name LIKE '%\n%'",
    "params.name = ''",
    "params.name IS NULL",
    "params.name IS NOT NULL AND params.lr IS NULL",
    "params.order = '1'",
    "param.lr = '0.1' AND parameter.lr = '0.1'",
    "tags.team = 'a'",
    "tags.team != 'a' AND tag.team LIKE '%'",
    "tags.team IS NULL",
    "tags.mlflow.runName LIKE 'run%'",
    "tags.team = 'a' tags.team LIKE 'a'",
    "run_name = 'run 3'",
    "`run name` ILIKE 'RUN _'",
    "attributes.`Run Name` != 'run 3'",
    "status = 'FINISHED'",
    "status = 'finished'",
    "attr.status != 'FINISHED' AND run.status LIKE 'F%'",
    "start_time > 1000",
    "created <= 1000 AND start_time >= 990.5",
    "end_time > 0",
    "end_time != 2000",
    "user_id LIKE '%'",
    "artifact_uri LIKE '%/artifacts'",
    "run_id IN ('{0}', '{3}')",
    "run_id NOT IN ('{0}')",
    "run_id = '{1}'",
    "run_id LIKE '%'",
    "dataset.name = 'iris'",
    "dataset.name != 'iris'",
    "datasets.digest IN ('d1','d9')",
    "dataset.name NOT IN ('iris')",
    "dataset.context = 'train' AND dataset.context = 'eval'",
    "dataset.context ILIKE 'TR%'",
    "dataset.name = 'iris' AND metrics.a > 0",
    "metrics.a > 1 OR metrics.a < 0",
    "metrics.a IS NULL",
    "metrics.a > 'x'",
    "metrics.a LIKE 1",
    "metrics.a == 1",
    "metrics.val/loss > 1",
    "METRICS.a > 1",
    "params.lr > '0'",
    "params.lr IN ('0.1')",
    "params.lr = 0.1",
    "status IN ('FINISHED')",
    "start_time = '5'",
    "duration > 5",
    "name = 'x'",
    "dataset.source = 'x'",
    "(metrics.a > 1)",
    "NOT metrics.a > 1",
    "metrics.a > 1;",
    "metrics.a > 1 -- x",
    "run_id IN ()",
    "metrics.a >",
]
ORDERS = [
    ["metrics.a"],
    ["metrics.a DESC"],
    ["metrics.`val/loss` asc", "metrics.a desc"],
    ["metrics.missing"],
    ["params.lr"],
    ["params.lr DESC"],
    ["params.name"],
    ["params.name desc", "start_time"],
    ["tags.team", "metrics.a"],
    ["tags.`mlflow.runName` DESC"],
    ["start_time"],
    ["start_time DESC"],
    ["created ASC"],
    ["end_time"],
    ["end_time DESC"],
    ["status", "run_id DESC"],
    ["run_name"],
    ["user_id DESC"],
    ["artifact_uri"],
    ["attributes.run_id"],
    ["metrics.a", "metrics.a DESC"],
    ["dataset.name"],
    ["name"],
    ["metrics.a sideways"],
    ["metrics.a, metrics.`val/loss`"],
    ["metrics.a DESC NULLS LAST"],
]


def described():
    dice = random.Random(3)
    runs = []
    for number in range(28):
        metrics = {}
        if number % 7:
            values = ["1", "2", "nan", "inf", "-inf", "0", "-1.5e-3", "1.5"]
            metrics["a"] = values[number % len(values)]
        if number % 3:
            metrics["val/loss"] = str(dice.choice([0.5, 1.0, 1.5, 2.5]))
        params = {}
        if number % 4:
            params["lr"] = dice.choice(["0.1", "0.5", "10", "2", "1e-3"])
        if number % 5:
            names = ["böb", "BÖB", "bob", "BOB", "it's", "it''s", "a\nb", "", "10", "9"]
            params["name"] = names[number % len(names)]
        if number % 6 == 0:
            params["order"] = "1"
        tags = {"team": dice.choice(["a", "b", "A"])} if number % 3 else {}
        datasets = [("iris", "d1", "train")] if number % 4 == 0 else []
        datasets += [("wine", "d9", "eval")] if number % 8 == 0 else []
        runs.append(
            {
                "name": f"run {number}",
                "start": 1_000 - number // 2,
                "end": 2_000 + number % 3,
                "status": ["FINISHED", "FAILED", "KILLED", "RUNNING"][number % 4],
                "params": params,
                "metrics": metrics,
                "tags": tags,
                "datasets": datasets,
                "deleted": number in (9, 20),
            }
        )
    return runs


@pytest.fixture(scope="module")
def written(mlflow, tmp_path_factory):
    """A store that the client wrote: (database, experiments searched, ids of the runs)."""
    folder = tmp_path_factory.mktemp("store")
    database = folder / "mlflow.db"
    found = mlflow(
        "write", database=str(database), artifacts=str(folder / "artifacts"), runs=described()
    )
    return database, [found["experiment"]], found["ids"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The store that MLflow 3.18 wrote for all kinds of tests, which it reads without migrating."""
    database = unpack("3.18.0", tmp_path_factory.mktemp("made"))
    return database, experiments_of(database), []


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The store that our own code writes, with hundreds of runs in several experiments."""
    database = write_sample(tmp_path_factory.mktemp("sample") / "store")
    return database, experiments_of(database), []


def experiments_of(database):
    store = Store.open(database)
    try:
        with store.read() as connection:
            return sorted(set(frame.load(connection, None, Lifecycle.ALL).attribute(
                "experiment_id").categories))  # fmt: skip
    finally:
        store.close()


def ours(connection, experiments, filter_text, order, view):
    try:
        wanted, ordering = parse(filter_text), parse_order(order)
    except FilterError:
        return None
    if not wanted.is_mlflow:
        return None
    runs = frame.load(connection, experiments, Lifecycle(view))
    frame.load_columns(connection, runs, wanted.columns() | ordering.columns())
    rows = ordering.apply(runs, np.flatnonzero(wanted.mask(runs)))
    return runs.ids.take(rows)


def compared(mlflow, store, queries):
    """Assert that both answer alike; returns the client's answers."""
    database, experiments, _ = store
    theirs = mlflow("search", database=str(database), experiments=experiments, queries=queries)
    opened = Store.open(database)
    try:
        with opened.read() as connection:
            for query, want in zip(queries, theirs, strict=True):
                assert ours(connection, experiments, *query) == want, query
    finally:
        opened.close()
    return theirs


def test_the_same_runs_in_the_same_order(mlflow, written):
    ids = written[2]
    queries = [[text.format(*ids) if "{" in text else text, [], "active"] for text in FILTERS]
    queries += [["", order, "active"] for order in ORDERS]
    queries += [["metrics.a != 1", order, "all"] for order in ORDERS]
    queries += [["tags.team != 'b'", ["metrics.a DESC"], "deleted"]]
    theirs = compared(mlflow, written, queries)
    assert sum(want is None for want in theirs) >= 25
    assert sum(bool(want) for want in theirs) >= 70


@pytest.mark.parametrize("name", ["written", "made", "sample"])
def test_queries_at_random_have_the_same_answers(mlflow, request, name):
    store = request.getfixturevalue(name)
    opened = Store.open(store[0])
    try:
        with opened.read() as connection:
            made_of = Queries(connection, seed=4)
    finally:
        opened.close()
    queries = [[made_of.filter(), [], "active"] for _ in range(120)]
    queries += [["", made_of.order(), "active"] for _ in range(40)]
    queries += [[made_of.filter(), made_of.order(), "all"] for _ in range(40)]
    assert len({str(query) for query in queries}) >= 170
    theirs = compared(mlflow, store, queries)
    assert sum(want is not None for want in theirs) >= 150
    assert sum(bool(want) for want in theirs) >= 90
