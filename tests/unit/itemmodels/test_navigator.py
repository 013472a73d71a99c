"""The navigator's tree: folders from names, deleted experiments apart, models and prompts."""

import pytest
from PySide6.QtCore import Qt

from runcase.itemmodels import navigator as rows
from runcase.itemmodels.navigator import Contents, NavigatorModel, folder_parts
from runcase.store.experiments import list_experiments
from runcase.store.records import Alias, Experiment, RegisteredModel
from runcase.store.registry import list_models


def experiment(number, name, stage="active", **counts):
    return Experiment(str(number), name, None, stage, **counts)


def registered(name, aliases=(), versions=3, prompt=False, workspace="default"):
    latest = versions or None
    return RegisteredModel(
        name, workspace, None, None, None, {}, tuple(aliases), versions, latest, prompt
    )


def shown(*experiments, models=()):
    made = NavigatorModel()
    made.show(Contents(experiments, models))
    return made


def texts(model, key):
    """Return the texts below a key as nested lists."""

    def below(parent):
        children = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
        return [[child.data(), *below(child)] for child in children]

    return below(model.find(key))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("plain", ["plain"]),
        ("team/vision/cats", ["team", "vision", "cats"]),
        ("/Users/ada@example.org/first", ["/Users/ada@example.org/first"]),
        ("C:\\work/x", ["C:\\work/x"]),
        ("a//b", ["a//b"]),
        ("a/", ["a/"]),
        ("a/ /b", ["a/ /b"]),
        ("/", ["/"]),
        ("", [""]),
    ],
)
def test_names_are_split_into_folders(name, parts):
    assert folder_parts(name) == parts


def test_folders_hold_what_their_names_say():
    model = shown(
        experiment(0, "Default"),
        experiment(1, "team/vision/cats"),
        experiment(2, "team/vision/dogs"),
        experiment(3, "team/text"),
        experiment(4, "team"),
        experiment(5, "/abs/path"),
        experiment(6, "team//odd"),
    )
    assert texts(model, "section/Experiments") == [
        ["All Experiments"],
        ["/abs/path"],
        ["Default"],
        ["team"],
        ["team//odd"],
        ["team", ["text"], ["vision", ["cats"], ["dogs"]]],
    ]
    folder = model.find("folder/team/")
    assert folder.data(rows.COUNT_ROLE) == "3 exp."
    assert folder.data(Qt.ItemDataRole.AccessibleTextRole) == "team, folder, 3 experiments"
    assert not folder.flags() & Qt.ItemFlag.ItemIsSelectable


def test_deleted_experiments_are_apart_and_muted():
    model = shown(
        experiment(0, "kept"),
        experiment(1, "gone/deep", "deleted", active_runs=2, deleted_runs=3),
    )
    assert texts(model, "section/Experiments") == [["kept"], ["Deleted", ["gone/deep"]]]
    index = model.find("exp/1")
    assert index.data(rows.MUTED_ROLE)
    assert index.data(rows.COUNT_ROLE) == "5"
    assert not index.data(rows.LIVE_ROLE)


def test_a_live_experiment_says_so():
    model = shown(experiment(7, "now", active_runs=1204, running_runs=2))
    index = model.find("exp/7")
    assert index.data(rows.LIVE_ROLE)
    assert index.data(rows.COUNT_ROLE) == "1,204"
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "now, experiment, 1,204 runs, 2 running"


def test_models_carry_their_aliases_and_prompts_are_apart():
    model = shown(
        models=(
            registered("churn", (Alias("champion", 2), Alias("new", 3))),
            registered("plain"),
            registered("empty", versions=0),
            registered("greeting", prompt=True),
        )
    )
    assert texts(model, "section/Registered models") == [["churn"], ["plain"], ["empty"]]
    assert texts(model, "section/Prompts") == [["greeting"]]
    churn = model.find("model/default/churn")
    assert churn.data(rows.CHIP_ROLE) == ("champion v2", "new v3")
    assert churn.data(rows.COUNT_ROLE) == ""
    assert model.find("model/default/plain").data(rows.COUNT_ROLE) == "v3"
    assert model.find("model/default/empty").data(rows.COUNT_ROLE) == ""


def test_models_of_one_name_in_two_workspaces_are_two():
    model = shown(models=(registered("m"), registered("m", workspace="lab")))
    assert model.find("model/default/m").isValid()
    assert model.find("model/lab/m").isValid()


def test_sections_without_rows_are_not_there_but_the_store_is():
    model = shown()
    assert [row[0] for row in texts(model, "")] == ["Experiments", "Store"]
    assert model.find("overview").isValid()


def test_a_new_count_is_no_reset(qtbot):
    model = shown(experiment(0, "a", active_runs=1))
    with qtbot.assertNotEmitted(model.modelReset):
        model.show(Contents((experiment(0, "a", active_runs=2),), ()))
    assert model.find("exp/0").data(rows.COUNT_ROLE) == "2"


def test_a_real_store_keeps_the_rules_of_item_models(session, qtmodeltester):
    with session.store.read() as connection:
        contents = Contents(tuple(list_experiments(connection)), tuple(list_models(connection)))
    made = NavigatorModel()
    made.show(contents)
    qtmodeltester.check(made)
    for each in contents.experiments:
        assert made.find(f"exp/{each.experiment_id}").data(rows.ID_ROLE) == each.experiment_id
