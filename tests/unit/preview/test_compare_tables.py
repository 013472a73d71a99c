import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.errors import UnreadableError
from runcase.preview.compare_tables import (
    ADDED,
    CHANGED,
    REMOVED,
    SAME,
    table_difference,
)
from runcase.preview.document import Column, Table


def table(header: str, *lines: str, first: int = 0, total: int | None = None) -> Table:
    rows = [line.split(",") for line in lines]
    cells = tuple(tuple(row[at] or None for row in rows) for at in range(len(header.split(","))))
    columns = tuple(Column(name, "string", False) for name in header.split(","))
    known = len(rows) if total is None else total
    return Table("t.csv", 9, "", "CSV", columns, cells, first, known, ())


LEFT = table("id,a,gone", "x,1,p", "y,2,q", "z,3,r")
RIGHT = table("id,new,a", "x,n,1", "w,n,5", "z,n,4")


def test_cells_are_aligned_by_row_number() -> None:
    found = table_difference(LEFT, RIGHT)
    assert [(each.name, each.left, each.right) for each in found.columns] == [
        ("id", 0, 0), ("a", 1, 2), ("gone", 2, -1), ("new", -1, 1),
    ]  # fmt: skip
    assert found.states.tolist() == [
        [SAME, SAME, REMOVED, ADDED],
        [CHANGED, CHANGED, REMOVED, ADDED],
        [SAME, CHANGED, REMOVED, ADDED],
    ]
    assert found.keys == ("id", "a")
    assert found.texts(2, 1) == ("3", "4")
    assert found.note == ""


def test_rows_are_aligned_by_a_column() -> None:
    found = table_difference(LEFT, RIGHT, "id")
    assert found.left_rows.tolist() == [0, -1, 1, 2]
    assert found.right_rows.tolist() == [0, 1, -1, 2]
    assert (found.changed_cells, found.added_rows, found.removed_rows) == (1, 1, 1)
    assert found.states[1].tolist() == [ADDED, ADDED, SAME, ADDED]
    assert found.states[2].tolist() == [REMOVED, REMOVED, REMOVED, SAME]


def test_a_column_that_is_not_unique_is_no_key() -> None:
    found = table_difference(table("id,a", "x,1", "x,2"), table("id,a", "x,1", "y,2"), "id")
    assert found.keys == ("a",)
    assert found.key == ""
    twice = table_difference(table("a,a", "1,2", "3,4"), table("a,a", "1,2", "3,5"))
    assert twice.keys == ()
    assert twice.states.tolist() == [[SAME, SAME], [SAME, CHANGED]]


def test_what_was_not_compared_is_said() -> None:
    found = table_difference(table("a", "1", total=9), table("a", "1", total=7))
    assert found.note == "Compared the first 1 rows of 9 and 7."
    later = table_difference(table("a", "1", first=4, total=9), table("a", "1", first=4, total=9))
    assert later.note == "Compared rows 5 to 5 of 9."
    cut = table_difference(table("a", "long …"), table("a", "long …"))
    assert "beginning" in cut.note


def test_tables_without_rows_or_columns_are_compared() -> None:
    none = Table("t", 0, "", "CSV", (), (), 0, 0, ())
    assert table_difference(none, none).states.shape == (0, 0)
    assert table_difference(none, LEFT).added_rows == 3
    assert table_difference(LEFT, none).removed_rows == 3


def test_a_table_that_is_none_is_refused() -> None:
    for cells in ((), (("1",), ("1", "2"))):
        broken = Table("t", 0, "", "CSV", (Column("a", "", False),) * 2, cells, 0, 1, ())
        with pytest.raises(UnreadableError):
            table_difference(LEFT, broken)


KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=2, max_size=8)


@given(KEYS, KEYS)
@pytest.mark.parametrize("key", ["", "id"])
def test_every_row_of_both_tables_is_there_once(
    key: str, left: list[str], right: list[str]
) -> None:
    found = table_difference(table("id", *left), table("id", *right), key)
    assert [row for row in found.left_rows.tolist() if row >= 0] == list(range(len(left)))
    rows = [row for row in found.right_rows.tolist() if row >= 0]
    assert sorted(rows) == list(range(len(right)))
    if key:
        assert found.changed_cells == 0
        assert found.added_rows == len(set(right) - set(left))
        assert found.removed_rows == len(set(left) - set(right))
