"""The artifact tree: folders first, sizes summed, logged models apart."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt

from modeltest import watched
from runcase.itemmodels.artifacts import (
    DIR_ROLE,
    GROUP_ROLE,
    MODEL_ROLE,
    PATH_ROLE,
    SHARE_ROLE,
    ArtifactGroup,
    ArtifactModel,
    Narrowing,
)
from runcase.store.records import ArtifactEntry

TOP = QModelIndex()


def file(path, size=10):
    return ArtifactEntry(path, False, size)


def folder(path):
    return ArtifactEntry(path, True, None)


def shown(*entries, words=(), groups=()):
    made = ArtifactModel()
    made.show([ArtifactGroup("", "", entries), *groups], Narrowing(tuple(words)))
    return made


def texts(model, parent=TOP):
    children = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
    return [[child.data(), *texts(model, child)] for child in children]


def test_folders_come_first_and_names_in_order():
    model = shown(
        file("b.txt"),
        file("A.txt"),
        folder("plots"),
        file("plots/roc.png"),
        file("plots/deep/x.bin"),
        folder("empty"),
    )
    assert texts(model) == [
        ["empty"],
        ["plots", ["deep", ["x.bin"]], ["roc.png"]],
        ["A.txt"],
        ["b.txt"],
    ]


def test_a_folder_is_as_large_as_what_is_in_it():
    model = shown(file("d/a", 1500), file("d/e/b", 500), file("c", 4000))
    assert model.find("/d").siblingAtColumn(1).data() == "2 KB"
    assert model.find("/d").data(SHARE_ROLE) == 0.5
    assert model.find("/c").data(SHARE_ROLE) == 1.0
    assert model.find("/d/e").data(SHARE_ROLE) == 0.125
    assert model.find("/d").data(Qt.ItemDataRole.ToolTipRole) == "d\n2,000 bytes, 2 files"
    assert model.find("/d").data(Qt.ItemDataRole.AccessibleTextRole) == "d, folder, 2 KB"


def test_files_of_no_size_have_a_share_of_nothing():
    model = shown(file("a", 0), ArtifactEntry("b", False, None))
    assert model.find("/a").data(SHARE_ROLE) == model.find("/b").data(SHARE_ROLE) == 0


def test_a_folder_with_an_mlmodel_file_is_a_model():
    model = shown(file("model/MLmodel"), file("model/data/weights.bin"), file("other/x"))
    assert model.find("/model").data(MODEL_ROLE)
    assert not model.find("/model/data").data(MODEL_ROLE)
    assert not model.find("/other").data(MODEL_ROLE)


def test_a_logged_model_is_a_folder_of_its_own():
    group = ArtifactGroup("m-1", "forest", (file("MLmodel", 100), file("model.pkl", 900)))
    model = shown(file("model.pkl"), groups=[group])
    assert texts(model) == [["model.pkl"], ["forest", ["MLmodel"], ["model.pkl"]]]
    top = model.find("group/m-1")
    assert top.data(DIR_ROLE)
    assert top.data(MODEL_ROLE)
    assert top.siblingAtColumn(1).data() == "1 KB"
    assert model.find("m-1/model.pkl").data(GROUP_ROLE) == "m-1"
    assert model.find("/model.pkl").data(GROUP_ROLE) == ""


def test_a_search_keeps_files_whose_path_holds_every_word():
    entries = file("plots/ROC.png"), file("plots/loss.png"), folder("plots/old"), file("roc.csv")
    assert texts(shown(*entries, words=["roc", "PLOTS"])) == [["plots", ["ROC.png"]]]
    assert texts(shown(*entries, words=["none"])) == []


def test_folders_may_be_very_deep():
    path = "/".join("d" * 1900)
    model = shown(file(path))
    assert model.find(f"/{path}").isValid()


parts = st.sampled_from(["a", "b", "B", "MLmodel", "x y"])
paths = st.lists(parts, min_size=1, max_size=4).map("/".join)


def consistent(names):
    """Keep files that are not also a folder of another."""
    return sorted(name for name in names if not any(n.startswith(f"{name}/") for n in names))


@given(st.sets(paths, max_size=12).map(consistent))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_every_file_is_there_once(qtlog, names):
    model = ArtifactModel()
    with watched(model, qtlog):
        model.show([ArtifactGroup("", "", tuple(file(name) for name in names))])
    for name in names:
        assert model.find(f"/{name}").data(PATH_ROLE) == name
    leaves = [node for node in model._nodes if not node.data[DIR_ROLE]]
    assert len(leaves) == len(names)
