"""The compare table in memory: what differs, deltas, folding, searching, both orientations."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt

from modeltest import watched
from runcase.itemmodels.compare import CompareModel, Head
from runcase.itemmodels.compare_cells import NOT_LOGGED, compare_cell, delta_text, percent_text
from runcase.itemmodels.compare_rows import Section, links_of, put_directions, put_links, rows_of
from runcase.itemmodels.compare_text import FORMS, table_text
from runcase.itemmodels.directions import Direction
from runcase.store.compare import ComparedRun
from runcase.store.records import Dataset, Experiment, Run

EXPERIMENT = Experiment("0", "Default", None, "active")


def compared(number, metrics=None, params=None, tags=None, datasets=()):
    run = Run(f"{number:032x}", f"run-{number}", "0", "FINISHED", 1000, 2000, "active", None)
    return ComparedRun(run, EXPERIMENT, metrics or {}, params or {}, tags or {}, datasets)


def shown(runs):
    model = CompareModel()
    heads = [
        Head(each.run.run_id, each.run.name, "FINISHED", "today", at)
        for at, each in enumerate(runs)
    ]
    model.show(heads, rows_of(runs))
    return model


def keys(model):
    return [getattr(entry, "key", entry) for entry in model.entries()]


def named(model, key):
    return next(row for row in model.rows if row.key == key)


@pytest.fixture
def two():
    data = Dataset("iris", "1f3a", "local", "{}", None, None, "train")
    return [
        compared(
            0, {"loss": 0.5, "acc": 0.9}, {"lr": "0.1", "depth": "3"}, {"stage": "a"}, (data,)
        ),
        compared(1, {"loss": 0.4, "acc": 0.9}, {"lr": "0.01", "depth": "3"}, {"stage": "a"}),
    ]


def test_only_what_differs_is_shown_and_counted(two):
    model = shown(two)
    assert keys(model) == [
        Section.METRICS, "loss", Section.PARAMS, "lr", Section.DATASETS, "train: iris",
    ]  # fmt: skip
    assert model.counts(Section.PARAMS) == (1, 2)
    model.set_only_differences(False)
    assert {"acc", "depth", "stage", "status"} <= set(keys(model))
    assert model.totals()[0] == 3


def test_values_say_how_they_stand_against_the_baseline(two):
    model = shown(two)
    loss = named(model, "loss")
    cell = model.cell(loss, 1)
    assert (cell.text, cell.delta, cell.percent) == ("0.4000", "−0.1000", "−20.0%")
    assert (cell.verdict, cell.best) == (1, True)
    assert model.cell(loss, 0).delta == ""
    model.set_baseline(1)
    assert model.cell(loss, 0).verdict == -1
    assert model.cell(named(model, "lr"), 0).other
    model.set_baseline(-1)
    assert not model.cell(named(model, "lr"), 0).other
    assert model.cell(named(model, "train: iris"), 1).text == NOT_LOGGED


def test_an_unknown_direction_has_no_verdict_and_the_person_has_the_last_word():
    runs = [compared(0, {"x": 1.0}), compared(1, {"x": 2.0})]
    (row,) = [row for row in rows_of(runs) if row.section is Section.METRICS]
    assert compare_cell(row, 1, 0).verdict == 0
    assert not compare_cell(row, 1, 0).best
    put_directions([row], {"x": Direction.HIGHER})
    assert compare_cell(row, 1, 0).verdict == 1
    assert compare_cell(row, 1, 0).best


@given(st.lists(st.one_of(st.none(), st.floats()), min_size=2, max_size=6))
def test_every_number_can_be_compared(values):
    runs = [compared(at, {} if v is None else {"m": v}) for at, v in enumerate(values)]
    for row in rows_of(runs):
        for run in range(len(runs)):
            for base in range(-1, len(runs)):
                cell = compare_cell(row, run, base)
                assert cell.text
                assert not cell.delta or cell.delta[0] in "+−"
                assert "nan" not in cell.percent.lower()


@pytest.mark.parametrize(
    ("change", "base", "delta", "percent"),
    [
        (0.0159, 0.2281, "+0.0159", "+7.0%"),
        (-1e-9, 1.0, "−1e-9", "−0.0%"),
        (0.0, 1.0, "", ""),
        (5.0, 0.0, "+5.0000", ""),
        (math.inf, 1.0, "+∞", ""),
        (-3.0, -1.5, "−3.0000", "−200.0%"),
    ],
)
def test_deltas_are_written_with_their_sign(change, base, delta, percent):
    assert delta_text(change, 4) == delta
    assert percent_text(change, base) == percent


def test_nested_params_fold_into_their_leaves():
    runs = [
        compared(0, params={"config": '{"lr": 1, "opt": {"name": "adam"}}', "odd": "{x"}),
        compared(1, params={"config": "{'lr': 2, 'opt': {'name': 'adam'}}", "odd": "{y"}),
    ]
    model = shown(runs)
    assert keys(model) == [Section.PARAMS, "config", "lr", "odd"]
    model.toggle(1)
    assert keys(model) == [Section.PARAMS, "config", "odd"]
    model.toggle(1)
    model.set_only_differences(False)
    assert keys(model)[:4] == [Section.PARAMS, "config", "lr", "opt.name"]
    model.toggle(0)
    assert keys(model)[0:2] == [Section.PARAMS, Section.ATTRIBUTES]


def test_a_search_finds_keys_and_values_and_the_value_above_a_leaf():
    runs = [
        compared(0, params={"config": '{"lr": 1, "name": "adam"}', "other": "x"}),
        compared(1, params={"config": '{"lr": 2, "name": "sgd"}', "other": "y"}),
    ]
    model = shown(runs)
    model.search("ADAM")
    assert "name" in keys(model)
    assert "other" not in keys(model)
    model.search("nothing has this")
    assert model.rowCount() == 0
    assert not model.next_difference(QModelIndex(), 1).isValid()


def test_differences_are_walked_through_both_ways(two):
    model = shown(two)
    model.set_only_differences(False)
    at, found = QModelIndex(), []
    while (at := model.next_difference(at, 1)).isValid():
        found.append(model.place(at)[0].key)
    assert found == ["loss", "lr", "train: iris"]
    back = model.next_difference(QModelIndex(), -1)
    assert model.place(back)[0].key == "train: iris"
    model.set_transposed(True)
    first = model.next_difference(QModelIndex(), 1)
    assert model.place(first)[0].key == "loss"


def test_both_orientations_are_sound_tables(two, qtlog):
    model = CompareModel()
    with watched(model, qtlog):
        heads = [Head(each.run.run_id, each.run.name, "", "", 0) for each in two]
        model.show(heads, rows_of(two))
        assert (model.rowCount(), model.columnCount()) == (6, 3)
        model.set_transposed(True)
        assert (model.rowCount(), model.columnCount()) == (2, 4)
        assert model.index(1, 0).data() == "run-1"
        assert model.index(1, 1).data() == "0.4000"
        tip = model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
        assert "better" in tip
        model.show([], [])


def test_the_baseline_stays_the_same_run(two):
    model = shown(two)
    model.set_baseline(1)
    turned = shown(two[::-1])
    model.show(turned.heads, turned.rows)
    assert model.baseline == 0


def test_params_are_ranked_by_their_link():
    runs = [
        compared(at, {"loss": float(at)}, {"a": str((at * 7) % 5), "b": str(at), "c": "x" * at})
        for at in range(5)
    ]
    model = shown(runs)
    put_links(model.rows, links_of(model.rows, "loss"))
    model.linked = True
    model.rearrange()
    params = keys(model)[keys(model).index(Section.PARAMS) + 1 :]
    assert params[0] == "b"
    assert named(model, "b").link == pytest.approx(1.0)
    assert np.isnan(named(model, "c").link)
    assert links_of(model.rows, "") == {}


def test_hostile_texts_are_shown_and_exported():
    runs = [
        compared(0, {"m": math.nan, "loss\n🎉": -math.inf}, {"k|": "=1+1", "big": "x" * 10**6}),
        compared(1, {"m": 1.0, "loss\n🎉": math.inf}, {"k|": "a & b\nc", "big": "y" * 10**6}),
    ]
    model = shown(runs)
    texts = {model.cell(row, run).text for row in model.rows for run in (0, 1)}
    assert {"NaN", "∞", "−∞"} <= texts
    assert max(map(len, texts)) <= 1_001
    for form in FORMS:
        for flat in (False, True):
            text = table_text(model.heads, model.rows, form, flat)
            assert "run-0" in text.replace("-{}", "-")
    assert "a \\& b<br>c" in table_text(model.heads, model.rows, "markdown", False)
    assert table_text([], [], "csv", False).startswith("section,key")


def test_thousands_of_keys_of_200_runs_fit():
    metrics = {f"m/{number}": float(number) for number in range(2_000)}
    runs = [compared(at, {**metrics, "loss": float(at)}) for at in range(200)]
    model = shown(runs)
    assert keys(model) == [Section.METRICS, "loss"]
    model.set_only_differences(False)
    assert model.counts(Section.METRICS) == (1, 2_001)


def test_what_started_a_run_is_compared():
    git = {"mlflow.source.git.commit": "abc", "mlflow.gitBranchName": "main"}
    project = {"mlflow.source.name": "https://a/b", "mlflow.source.type": "PROJECT", **git}
    project["mlflow.project.entryPoint"] = "train all"
    script = {"mlflow.source.name": "train.py", "mlflow.source.git.branch": "dev"}
    notebook = {"mlflow.source.name": "/Users/a/n", "mlflow.source.type": "NOTEBOOK"}
    runs = [compared(at, tags=tags) for at, tags in enumerate((project, script, notebook))]
    model = shown(runs)
    assert named(model, "command").texts == (
        "mlflow run https://a/b -e 'train all' -v abc", "python train.py", None,
    )  # fmt: skip
    assert named(model, "git branch").texts == ("main", "dev", None)
    assert named(model, "entry point").texts == ("train all", None, None)
    assert model.cell(named(model, "git commit"), 0).mono
    assert not any(row.key.startswith("mlflow.") for row in model.rows)


def test_runs_of_another_store_are_told_apart():
    heads = [Head("a", "ant", "", "", 0), Head("a", "ant", "", "", 1, "/data/lab/mlflow.db")]
    assert heads[0].key != heads[1].key
    assert heads[1].label == "ant · lab/mlflow.db"
    rows = rows_of([compared(0), compared(0)], stores=("mine.db", "lab/mlflow.db"))
    assert next(row for row in rows if row.key == "store").differs
    model = CompareModel()
    model.show(heads, rows)
    model.set_baseline(1)
    model.show(heads[::-1], rows)
    assert model.baseline == 0, "the baseline stays the same run"
    text = table_text(heads, rows, "csv", False)
    assert text.splitlines()[0] == "section,key,ant,ant · lab/mlflow.db"
