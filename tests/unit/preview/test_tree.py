import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from runcase.preview.document import NODE_KINDS, Document, Request, Text, Tree
from runcase.preview.source import Source
from runcase.preview.tree import read_json

Read = Callable[..., Document]


def outline(document: Document) -> list[tuple[str, str, str]]:
    assert isinstance(document, Tree)
    kinds = [NODE_KINDS[kind] for kind in document.kinds]
    return list(zip(document.keys, kinds, document.values, strict=True))[1:]


def test_json_keeps_what_stands_there(read: Read) -> None:
    document = read(
        "a.json", '{"b": 1.10, "a": [null, true], "b": NaN, "c": 123456789012345678901}'
    )
    assert outline(document) == [
        ("b", "number", "1.10"),
        ("a", "array", ""),
        ("b", "number", "NaN"),
        ("c", "number", "123456789012345678901"),
        ("0", "null", "null"),
        ("1", "boolean", "true"),
    ]


def test_yaml_types_and_tags_are_shown_not_followed(read: Read, tmp_path: object) -> None:
    document = read(
        "a.yaml",
        "a: 1\nb: '1'\nc: ~\nd: yes\ne: !!python/object/apply:os.system ['touch /tmp/x']\n"
        "f: &x {k: 2.5}\ng: *x\n",
    )
    assert outline(document)[:7] == [
        ("a", "number", "1"),
        ("b", "string", "1"),
        ("c", "null", "~"),
        ("d", "boolean", "yes"),
        ("e", "array", ""),
        ("f", "object", ""),
        ("g", "alias", "*x (object)"),
    ]


def test_a_yaml_bomb_is_a_small_tree(read: Read) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    document = read("bomb.yaml", "\n".join(lines))
    assert isinstance(document, Tree)
    assert len(document.keys) < 200


def test_several_yaml_documents(read: Read) -> None:
    assert outline(read("a.yaml", "a: 1\n---\nb: 2\n"))[:2] == [
        ("0", "object", ""),
        ("1", "object", ""),
    ]


def test_deep_nesting_is_shown_as_text(read: Read) -> None:
    for name in ("deep.json", "deep.yaml"):
        document = read(name, "[" * 100_000 + "]" * 100_000)
        assert isinstance(document, Text)
        assert "Not shown as a" in document.note


def test_what_is_not_valid_is_shown_as_text_with_the_line(read: Read) -> None:
    document = read("a.json", '{\n "a": 1,\n}')
    assert isinstance(document, Text)
    assert "line 3" in document.note
    document = read("a.yaml", "a: [1\nb: 2\n")
    assert isinstance(document, Text)
    assert "not valid YAML" in document.note


def test_wide_containers_are_cut_and_counted(read: Read) -> None:
    document = read("wide.json", json.dumps(list(range(5000))))
    assert isinstance(document, Tree)
    assert memoryview(document.counts).cast("I")[0] == 5000
    assert memoryview(document.shown).cast("I")[0] == 1000
    assert document.note


def test_lone_surrogates_do_not_break_the_way(read: Read) -> None:
    assert isinstance(read("s.json", '{"\\ud800": "\\udfff"}'), Tree)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(VALUES)
def test_any_json_becomes_a_tree_that_hangs_together(value: object) -> None:
    content = json.dumps(value).encode()
    from pathlib import Path

    source = Source(Path("x.json"), Path("/"), len(content), content, Request("x.json"))
    document = read_json(source)
    parents, first, shown = (
        memoryview(part).cast("I") for part in (document.parents, document.first, document.shown)
    )
    for node in range(len(document.keys)):
        for child in range(first[node], first[node] + shown[node]):
            assert parents[child] == node
    assert sum(shown) == len(document.keys) - 1
