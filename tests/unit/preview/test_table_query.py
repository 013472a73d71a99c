from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.preview import table_index
from runcase.preview.document import Document, Request, Table
from runcase.preview.inventory import Profile
from runcase.preview.table_query import QueryError, Typed, parse
from runcase.preview.worker import Worker

Read = Callable[..., Document]
FRAME = polars.DataFrame(
    {
        "loss": [0.5, 2.0, None, 9.0],
        "label": ["cat", "Dog", "cat", None],
        "ok": [True, False, True, False],
    }
)
KINDS = {"loss": "number", "label": "text", "ok": "bool"}


def find(name: str) -> Typed | None:
    return Typed(polars.col(name), KINDS[name]) if name in KINDS else None


def rows(query: str) -> list[float | None]:
    made = parse(query, find)
    frame = FRAME if made.condition is None else FRAME.filter(made.condition)
    if made.keys:
        keys, down = zip(*made.keys, strict=True)
        frame = frame.sort(list(keys), descending=list(down), nulls_last=True)
    return frame["loss"].to_list()


@pytest.mark.parametrize(
    ("query", "losses"),
    [
        ("", [0.5, 2.0, None, 9.0]),
        ("ok = false order by loss desc", [9.0, 2.0]),
        ("loss > 1 and label = 'Dog'", [2.0]),
        ('loss >= 2 or label = "cat"', [0.5, 2.0, None, 9.0]),
        ("not (loss < 1)", [2.0, 9.0]),
        ("loss is null", [None]),
        ("label is not null and loss between 0 and 3", [0.5, 2.0]),
        ("`loss` in (2, 9)", [2.0, 9.0]),
        ("label not in ('cat')", [2.0]),
        ("label contains 'DO'", [2.0]),
        ("label like 'c%'", [0.5, None]),
        ("label ~ '^D'", [2.0]),
        ("order by label, loss desc", [2.0, 0.5, None, 9.0]),
    ],
)
def test_a_query_finds_its_rows(query: str, losses: list[float | None]) -> None:
    assert rows(query) == losses


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("loss >", "at its end"),
        ("loss > 1 and", "at its end"),
        ("missing = 1", "no column “missing”"),
        ("loss = = 1", "at character"),
        ("x" * 3000, "characters"),
    ],
)
def test_a_mistake_is_said_with_its_place(query: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        parse(query, find)


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_a_sentence(text: str) -> None:
    with suppress(QueryError):
        parse(text, find)


def test_a_csv_is_filtered_sorted_profiled_and_counted(
    worker: Worker, write: Callable[..., Path]
) -> None:
    path = str(write("x.csv", "name,v\n" + "".join(f"n{n % 3},{n}\n" for n in range(1000))))
    found = worker.read(Request(path, query="v > 990 order by v desc"))
    assert isinstance(found, Table)
    assert found.cells[1][:3] == ("999", "998", "997")
    assert (found.total, found.unfiltered) == (9, 1000)
    later = worker.read(Request(path, query="v > 990 order by v desc", offset=7))
    assert isinstance(later, Table)
    assert (later.first, later.cells[1]) == (7, ("992", "991"))
    profile = worker.read(Request(path, view="profile"))
    assert isinstance(profile, Profile)
    name, value = profile.columns
    assert (name.distinct, name.nulls) == (3, 0)
    assert (value.least, value.greatest) == ("0", "999")
    assert sum(memoryview(value.bins).cast("I")) == 1000
    counted = worker.read(Request(path, view="frequency", query="name"))
    assert isinstance(counted, Table)
    assert counted.cells == (("n0", "n1", "n2"), ("334", "333", "333"))
    with pytest.raises(QueryError.__mro__[1], match="no column"):
        worker.read(Request(path, query="nothing = 1"))


@given(
    st.lists(st.sampled_from(["a", '"x\ny"', '"q""q"', "", "1,2"]), min_size=1, max_size=40),
    st.integers(0, 40),
    st.booleans(),
)
def test_the_index_finds_any_row(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], first: int, trailing: bool
) -> None:
    path = str(tmp_path_factory.mktemp("index") / "x.csv")
    Path(path).write_text("\n".join(lines) + ("" if trailing else "\n"), newline="")
    before = table_index.BLOCK_BYTES
    try:
        # Blocks of a few bytes, so that rows and quotes cross their borders.
        table_index.BLOCK_BYTES = 7
        index = table_index.build(*table_index.key(path), True)
        rows_read = table_index.window(path, index, min(first, len(lines) - 1), 1, True)
    finally:
        table_index.BLOCK_BYTES = before
    assert index.rows == (len(lines) if not trailing or lines[-1] else len(lines) - 1)
    wanted = lines[min(first, len(lines) - 1)]
    assert rows_read.decode().removesuffix("\n") == wanted
