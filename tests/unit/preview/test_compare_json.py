import json
from array import array
from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from runcase.preview.compare_json import laid_out
from runcase.preview.document import Document, Tree

Read = Callable[..., Document]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def tree(document: Document) -> Tree:
    assert isinstance(document, Tree), document
    return document


@example([{"\x7f": None}])
@given(st.lists(JSON, min_size=1, max_size=3))
@settings(
    # The first example starts the worker process.
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_tree_is_written_as_python_writes_it(read: Read, value: list[object]) -> None:
    found = laid_out(tree(read("x.json", json.dumps(value, ensure_ascii=False))))
    assert found == json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def test_numbers_stay_as_they_are_spelled(read: Read) -> None:
    assert laid_out(tree(read("x.json", '{"b":1.50,"a":1e400}'))) == (
        '{\n  "a": 1e400,\n  "b": 1.50\n}'
    )


def test_a_long_line_is_no_hindrance(read: Read) -> None:
    values = {f"k{at:05}": at for at in range(900)} | {
        "deep": {str(at): "x" * 30 for at in range(900)}
    }
    found = laid_out(tree(read("x.json", json.dumps(values))))
    assert found is not None
    assert json.loads(found) == values


def test_what_is_not_whole_is_not_laid_out(read: Read) -> None:
    assert laid_out(tree(read("x.json", json.dumps(list(range(1_500)))))) is None
    assert laid_out(tree(read("x.json", json.dumps(["x" * 3_000])))) is None
    assert laid_out(tree(read("x.json", "[" * 300 + "]" * 300))) is None
    assert laid_out(tree(read("x.yaml", "a: 1"))) is None


def test_nodes_that_are_no_tree_are_not_laid_out(read: Read) -> None:
    honest = tree(read("x.json", '{"a": [1, 2]}'))
    assert laid_out(honest) is not None

    def numbers(*values: int) -> bytes:
        return array("I", values).tobytes()

    for first in (numbers(0, 0, 0, 0), numbers(1, 1, 1, 1), numbers(9, 9, 9, 9), b""):
        assert laid_out(replace(honest, first=first)) is None
    many = numbers(1, 1 << 31, 0, 0)
    assert laid_out(replace(honest, shown=many, counts=many)) is None
    assert laid_out(replace(honest, kinds=b"\xff" * 4)) is None
