import pickle
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.errors import UnreadableError
from runcase.preview import codec
from runcase.preview.document import (
    Bytes,
    Column,
    Failure,
    Flavor,
    Frame,
    Hello,
    Image,
    Model,
    Request,
    Table,
    Text,
)

TEXT = Text("a", 3, "", "x\n", "UTF-8", "", array("I", [0, 1, 2]).tobytes(), None, False)
CELLS = st.lists(st.none() | st.text()).map(tuple)


def test_every_kind_survives_the_way() -> None:
    frame = Frame(1, 1, 0, b"abcd")
    for message in (
        Request("p", "r", True, 5, 6),
        Hello(("a", "ß")),
        Failure("m", "h", True),
        TEXT,
        Table("t", 1, "", "CSV", (Column("a", "int", True),), (("1", None),), 0, 2, ("f",)),
        Image("i", 1, "", "PNG", 1, 1, "RGB", 72, 1, (frame,), (("a", "b"),)),
        Model(
            "m", 1, "", "i", "r", "3", "", (Flavor("f", "1", (("k", "v"),)),), (), (), "", "", "",
            (), (), (), TEXT,
        ),
        Bytes("b", 1, "", "t", b"\0\xff", 7),
    ):  # fmt: skip
        assert codec.decode(b"".join(codec.encode(message))) == message


@given(CELLS, st.text(), st.integers(-(2**63), 2**63 - 1))
def test_cells_names_and_numbers_survive(
    cells: tuple[str | None, ...], name: str, size: int
) -> None:
    table = Table(name, size, "", "CSV", (Column(name, "", False),), (cells,), 0, None, ())
    assert codec.decode(b"".join(codec.encode(table))) == table


def test_a_file_name_that_is_not_utf8_survives() -> None:
    request = Request("/tmp/\udcff.txt")
    assert codec.decode(b"".join(codec.encode(request))) == request


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_an_error(data: bytes) -> None:
    try:
        message = codec.decode(data) if data else None
    except UnreadableError:
        return
    assert message is None or type(message).__module__ == "runcase.preview.document"


@given(st.data())
def test_a_cut_message_is_an_error(data: st.DataObject) -> None:
    whole = b"".join(codec.encode(TEXT))
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(UnreadableError):
        codec.decode(whole[:cut])


def test_a_pickle_is_no_message() -> None:
    with pytest.raises(UnreadableError):
        codec.decode(pickle.dumps(Hello(())))
