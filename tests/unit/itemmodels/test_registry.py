"""Versions of a registered model, and the list of models."""

import math

import pytest
from PySide6.QtCore import Qt

from runcase.itemmodels import registry as rows
from runcase.itemmodels.registry import ModelsModel, VersionsModel
from runcase.store.records import Alias, ModelVersion, RegisteredModel
from runcase.store.registry import list_models, version_metrics, versions

TIP = Qt.ItemDataRole.ToolTipRole


def version(number, run="r", **more):
    fields = {
        "creation_time": None,
        "last_updated_time": None,
        "description": None,
        "user_id": None,
        "current_stage": "None",
        "source": None,
        "storage_location": None,
        "run_id": run,
        "run_name": None if run is None else f"run {run}",
        "status": None,
        "status_message": None,
        "aliases": (),
        "tags": {},
    }
    return ModelVersion("m", number, "default", **(fields | more))


def model(name, aliases=(), prompt=False, **more):
    fields = {"description": None, "tags": {}}
    return RegisteredModel(
        name, "default", None, None, aliases=tuple(aliases), versions=2, latest_version=2,
        is_prompt=prompt, **(fields | more)
    )  # fmt: skip


def column(made, at):
    return [made.index(row, at).data() for row in range(made.rowCount())]


@pytest.fixture
def made(qapp):
    model = VersionsModel()
    model.show(
        [version(3, "c", aliases=("champion",)), version(2, "b"), version(1, None)],
        {"c": {"loss": 0.25, "epoch": 3}, "b": {"loss": 0.5, "epoch": 3, "system/cpu": 1.0}},
        prompt=False,
    )
    return model


def test_columns_are_what_the_versions_have(made, qtmodeltester):
    qtmodeltester.check(made)
    assert made.columns == (
        "Version", "Aliases", "Source run", "metric:loss", "metric:epoch", "Tags", "Created"
    )  # fmt: skip
    assert column(made, 0) == ["v3", "v2", "v1"]
    assert made.headerData(3, Qt.Orientation.Horizontal) == "loss"
    assert made.headerData(99, Qt.Orientation.Horizontal) is None


def test_metrics_of_the_source_runs(made):
    assert column(made, 3) == ["0.2500", "0.5000", "—"]
    strong = [made.index(row, 3).data(rows.STRONG_ROLE) for row in range(3)]
    assert strong == [True, False, False]
    # "epoch" has no direction, so none is best.
    assert not any(made.index(row, 4).data(rows.STRONG_ROLE) for row in range(3))
    assert made.index(0, 3).data(TIP) == "0.25"
    assert made.metric(2, "loss") is None


def test_nan_is_never_best(qapp):
    model = VersionsModel()
    metrics = {"a": {"acc": math.nan}, "b": {"acc": 0.5}, "c": {"acc": 0.25}}
    model.show([version(3, "a"), version(2, "b"), version(1, "c")], metrics, prompt=False)
    at = model.columns.index("metric:acc")
    assert [model.index(row, at).data(rows.STRONG_ROLE) for row in range(3)] == [False, True, False]
    assert model.index(0, at).data() == "NaN"


def test_legacy_stages_are_shown_only_where_there_are_some(made, qapp):
    assert "Stage (legacy)" not in made.columns
    made.show([version(2, current_stage="Production"), version(1)], {}, prompt=False)
    at = made.columns.index("Stage (legacy)")
    assert column(made, at) == ["", "None"]
    assert made.index(0, at).data(rows.CHIPS_ROLE) == (("Production", "success"),)
    made.set_stages(False)
    assert "Stage (legacy)" not in made.columns


def test_a_source_run_links_only_when_it_is_here(qapp):
    made = VersionsModel()
    made.show([version(3, "a"), version(2, "b", run_name=None), version(1, None)], {}, prompt=False)
    at = made.columns.index("Source run")
    assert column(made, at) == ["run a", "—", "—"]
    assert [made.index(row, at).data(rows.LINK_ROLE) for row in range(3)] == [True, False, False]
    assert [made.index(row, at).data(TIP) for row in range(3)] == [
        "a",
        "The source run is not in this store",
        "Registered without a source run",
    ]


def test_a_search_looks_at_names_aliases_tags_and_runs(qapp):
    made = VersionsModel()
    made.show(
        [version(3, aliases=("champion",)), version(2, tags={"team": "Blue"}), version(1, "zed")],
        {},
        prompt=False,
    )
    for text, found in (("CHAMP", 3), ("team blue", 2), ("zed", 1)):
        made.search(text)
        assert [made.row(row).version for row in range(made.rowCount())] == [found]
        assert made.row_of(found) == 0
    assert made.row_of(3) is None


def test_prompts_have_no_metrics(qapp):
    made = VersionsModel()
    made.show([version(1, "a")], {"a": {"loss": 1.0}}, prompt=True)
    assert made.keys == ()


def test_models_are_listed_with_prompts_last(qapp, qtmodeltester):
    made = ModelsModel()
    made.show([model("greeting", prompt=True), model("Zoo", [Alias("best", 2)]), model("ant")])
    qtmodeltester.check(made)
    assert column(made, 0) == ["ant", "Zoo", "greeting"]
    made.search("best")
    assert made.row(0).name == "Zoo"


def test_a_real_store(session, qtmodeltester):
    with session.store.read() as connection:
        models = list_models(connection)
        listed = versions(connection, models[0].name)
        metrics = version_metrics(connection, [each.run_id for each in listed if each.run_id])
    overview, made = ModelsModel(), VersionsModel()
    overview.show(models)
    made.show(listed, metrics, models[0].is_prompt)
    qtmodeltester.check(overview)
    qtmodeltester.check(made)
    for row in range(made.rowCount()):
        for at in range(made.columnCount()):
            for role in (Qt.ItemDataRole.DisplayRole, TIP, rows.CHIPS_ROLE, rows.STRONG_ROLE):
                made.index(row, at).data(role)
