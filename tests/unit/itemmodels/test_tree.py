"""The base of all trees: nodes by number, stable keys, no reset when only values changed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from modeltest import watched
from runcase.itemmodels.tree import COLUMNS_ROLE, Node, TreeModel

TEXT = int(Qt.ItemDataRole.DisplayRole)

TOP = QModelIndex()


def tree(shape, path="r"):
    """Make nodes from nested lists: [[], [[]]] is a leaf, and a node with a leaf."""
    return [
        Node(f"{path}/{at}", {TEXT: f"{path}/{at}"}, tree(inside, f"{path}/{at}"))
        for at, inside in enumerate(shape)
    ]


def walk(model, parent=TOP):
    return [
        (model.data(index), walk(model, index))
        for index in (model.index(row, 0, parent) for row in range(model.rowCount(parent)))
    ]


def expected(nodes):
    return [(node.data[TEXT], expected(node.children)) for node in nodes]


shapes = st.recursive(st.just([]), lambda inside: st.lists(inside, max_size=4), max_leaves=25)


@given(shapes, shapes)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_tree_is_what_was_set(qtlog, first, second):
    model = TreeModel(("a", "b"))
    with watched(model, qtlog):
        for shape in (first, second):
            roots = tree(shape)
            model.set_roots(roots)
            assert walk(model) == expected(roots)


def test_only_values_changed_keeps_persistent_indexes(qtbot, qtmodeltester):
    model = TreeModel(("a", "b"))
    model.set_roots(tree([[[]], []]))
    qtmodeltester.check(model)
    kept = QPersistentModelIndex(model.find("r/0/0"))
    fresh = tree([[[]], []])
    fresh[0].children[0].data = {TEXT: "new", COLUMNS_ROLE: ("beside",)}
    with qtbot.waitSignal(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        model.set_roots(fresh)
    assert kept.isValid()
    assert model.data(kept) == "new"
    assert model.data(model.find("r/0/0").siblingAtColumn(1)) == "beside"
    assert model.data(model.find("r/0").siblingAtColumn(1)) is None


@pytest.mark.parametrize("shape", [[[[]]], [[], []], [[[], []], []]])
def test_another_shape_resets(shape, qtbot):
    model = TreeModel()
    model.set_roots(tree([[[]], []]))
    with qtbot.waitSignal(model.modelReset):
        model.set_roots(tree(shape))
    assert walk(model) == expected(tree(shape))


def test_keys_are_found_and_others_are_not():
    model = TreeModel()
    model.set_roots(tree([[], [[], []]]))
    assert model.data(model.find("r/1/1")) == "r/1/1"
    assert model.find("r/1/1").parent() == model.find("r/1")
    assert not model.find("r/2").isValid()
    assert model.node(QModelIndex()) is None


def test_a_row_may_be_there_only_to_be_looked_at():
    model = TreeModel()
    model.set_roots([Node("title", selectable=False), Node("row")])
    selectable = Qt.ItemFlag.ItemIsSelectable
    assert not model.flags(model.find("title")) & selectable
    assert model.flags(model.find("row")) & selectable
    assert model.flags(QModelIndex()) == Qt.ItemFlag.NoItemFlags


def test_a_deep_tree_is_no_recursion():
    nodes = [Node("leaf")]
    for at in range(5000):
        nodes = [Node(str(at), {}, nodes)]
    model = TreeModel()
    model.set_roots(nodes)
    assert model.find("leaf").isValid()
