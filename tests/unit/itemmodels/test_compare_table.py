from PySide6.QtCore import QModelIndex, Qt

from modeltest import watched
from runcase.itemmodels.compare_table import CompareTableModel
from runcase.preview.compare_tables import ADDED, CHANGED, REMOVED, SAME, table_difference
from runcase.preview.document import Column, Table

ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


def table(names, *rows):
    columns = tuple(Column(name, "int", name == "n") for name in names)
    cells = tuple(tuple(row[at] for row in rows) for at in range(len(names)))
    return Table("t", 1, "", "CSV", columns, cells, 0, len(rows), ())


LEFT = table(["id", "n"], ("a", "1"), ("b", None), ("c", "3"))
RIGHT = table(["id", "n", "new"], ("a", "1", "x"), ("c", "", "y"), ("d", "4", "z"))


def test_cells_say_what_became_of_them(qtlog):
    model = CompareTableModel()
    with watched(model, qtlog):
        model.show(table_difference(LEFT, RIGHT, "id"))
        assert (model.rowCount(), model.columnCount()) == (4, 3)
        assert [model.headerData(at, DOWN) for at in range(4)] == ["1", "− 2", "3 → 2", "+ 3"]
        assert [model.headerData(at, ACROSS) for at in range(3)] == ["id", "n", "+ new"]
        assert model.index(1, 1).data() == "null"
        assert model.index(2, 1).data() == "3 → "
        assert model.index(3, 1).data() == "4"
        assert model.index(2, 1).data(Qt.ItemDataRole.ToolTipRole) == "3 → , changed"
        states = [model.state(model.index(at, 1)) for at in range(4)]
        assert states == [SAME, REMOVED, CHANGED, ADDED]
        assert model.is_number(1)
        assert not model.is_number(2)
        model.set_only_differences(True)
        assert [model.index(at, 0).data() for at in range(model.rowCount())] == ["b", "c", "d"]


def test_differences_are_stepped_through_both_ways(qtbot):
    model = CompareTableModel()
    assert not model.next_difference(QModelIndex(), 1).isValid()
    model.show(table_difference(LEFT, RIGHT, "id"))
    found, at = [], QModelIndex()
    while (at := model.next_difference(at, 1)).isValid():
        found.append((at.row(), at.column()))
    assert found == [(1, 0), (2, 1), (3, 0)]
    back = model.next_difference(QModelIndex(), -1)
    assert (back.row(), back.column()) == (3, 0)
    back = model.next_difference(back, -1)
    assert (back.row(), back.column()) == (2, 1)
    assert not model.next_difference(model.index(1, 0), -1).isValid()


def test_nothing_is_shown_without_a_difference(qtbot):
    model = CompareTableModel()
    model.show(table_difference(LEFT, LEFT))
    model.set_only_differences(True)
    assert model.rowCount() == 0
    model.show(None)
    assert model.columnCount() == 0
