"""Single files of a file store: the lines of a metric, and what YAML may hold."""

import math

from hypothesis import given
from hypothesis import strategies as st

from runcase.store.filestore_scan import repack, unpack
from runcase.store.filestore_values import (
    UNFINISHED_LINE,
    Logged,
    Source,
    as_int,
    as_ms,
    as_pairs,
    as_text,
    parse_metric,
    plain,
)

INT64 = st.integers(-(2**63), 2**63 - 1)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(
    lambda text: " ".join(text.split()) or "x"
)
WORDS = st.text("0123456789abcdef", min_size=1, max_size=36)


@given(INT64, st.floats(), INT64)
def test_a_line_of_two_three_or_more_fields(timestamp, value, step):
    lines = [
        (f"{timestamp} {value!r}", 0),
        (f"{timestamp} {value!r} {step}", step),
        (f"{timestamp} {value!r} {step} name digest", step),
    ]
    for line, wanted in lines:
        for end in ("", "\n", "\r\n", "\n\n"):
            [found], bad = parse_metric((line + end).encode())
            assert not bad
            assert (found.timestamp, found.step) == (timestamp, wanted)
            assert found.is_nan == math.isnan(value)
            assert found.value == (0 if math.isnan(value) else value)


@given(INT64, INT64, NAMES, WORDS)
def test_a_dataset_name_may_be_anything_on_one_line(timestamp, step, name, digest):
    [found], bad = parse_metric(f"{timestamp} 0.5 {step} {name} {digest}\n".encode())
    assert (found, bad) == (Logged(timestamp, 0.5, step), [])
    line = f"{timestamp} 0.5 {step} {digest * 2} {name} {digest}\n".encode()
    assert parse_metric(line, of_model=True) == (
        [Logged(timestamp, 0.5, step, False, digest * 2, name, digest)],
        [],
    )


def test_lines_of_a_logged_model():
    content = b"1 0.5 2 run\n1 0.25 3 run train abc\n1 0.125 4\n"
    found, bad = parse_metric(content, of_model=True)
    assert bad == []
    assert [(one.step, one.run_id, one.dataset_name) for one in found] == [
        (2, "run", None),
        (3, "run", "train"),
        (4, "", None),
    ]


@given(st.binary(), st.booleans())
def test_any_bytes_are_values_or_bad_lines(content, of_model):
    found, bad = parse_metric(content, of_model)
    lines = [line for line in content.decode(errors="replace").split("\n") if line.strip()]
    assert len(found) + len(bad) == len(lines)


def test_a_line_that_is_being_written_is_left_for_later(tmp_path):
    whole = "".join(f"{when} {when / 7!r} {step}\n" for step, when in enumerate(range(9, 14)))
    for cut in range(len(whole)):
        (tmp_path / "m").write_text(whole[:cut])
        source = Source(str(tmp_path))
        found = source.points("m", complete=False)
        assert len(found) == whole[:cut].count("\n")
        assert [reason for _, reason in source.skipped] == (
            [UNFINISHED_LINE] if whole[:cut] and whole[cut - 1] != "\n" else []
        )
        start = source.end_of_lines("m", cut)
        (tmp_path / "m").write_text(whole)
        found += source.points("m", complete=False, part=slice(start, len(whole)))
        assert [point.step for point in found] == [0, 1, 2, 3, 4]


def test_what_no_line_is():
    for line in (b"1", b"x 1 2", b"1 x 2", b"1 1 x", b"1 1 9223372036854775808", b"1  1"):
        assert parse_metric(line) == ([], [(1, line.decode())])


@given(st.dictionaries(st.text(min_size=1).filter(lambda t: "\0" not in t), st.just("1 2")))
def test_a_listing_is_what_was_packed(files):
    encodable = {name: stamp for name, stamp in files.items() if plain(name) == name}
    assert unpack(repack(encodable)) == encodable


def test_values_of_yaml():
    assert as_text(True) == "True"
    assert as_text(None) is None
    assert as_text({"a": 1}) is None
    assert as_text("\ud800") == "?"
    assert as_int("12") == 12
    assert as_int(2**63) is None
    assert as_int(float("inf")) is None
    assert as_ms("2026-11-20T23:07:24.776Z") == 1795216044776
    assert as_ms("soon") is None
    assert as_pairs({"a": 1, 2: None}) == {"a": "1", "2": ""}
    assert as_pairs([1]) == {}


def test_yaml_that_harms(tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    files = {
        "bomb": bomb.encode(),
        "deep": b"a: " + b"[" * 100_000,
        "deep list": b"- " * 100_000 + b"x",
        "deep block": b"".join(b" " * n + b"a:\n" for n in range(2_000)),
        "python": b"a: !!python/object/apply:os.system [true]\n",
        "zero": b"\0\0\0",
        "date": b"a: 2026-13-45\n",
        "key": b"? {a: 1}\n: 2\n",
        "latin": b"name: caf\xe9\n",
        "list": b"- a\n",
        "surrogate": b'name: "\\ud83d"\n',
        "big": b"#" * (17 << 20),
    }
    source = Source(str(tmp_path))
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        found = source.mapping(name)
        assert found is None or name == "bomb"
    assert {name for name, _ in source.skipped} >= files.keys() - {"bomb"}
    assert source.mapping("none") is None
