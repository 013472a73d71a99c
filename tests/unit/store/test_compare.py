"""What is read of compared runs, against what MLflow's own client read from the same stores."""

import hashlib
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made import expected, unpack
from runcase.curves.links import link
from runcase.progress import Progress
from runcase.store.artifacts import ArtifactFinder
from runcase.store.compare import best_values, read_runs
from runcase.store.compare_files import FileAt, digests, find_files, same_texts
from runcase.store.compare_json import leaves
from runcase.store.compare_lines import (
    Change,
    Fold,
    Tone,
    difference,
    folded,
    laid_out,
    sides,
    unified,
)
from runcase.store.engine import Store


@pytest.fixture(params=["1.0.0", "2.14.3", "3.18.0"])
def store(request, tmp_path):
    made = Store.open(unpack(request.param, tmp_path))
    yield made, expected(request.param)["runs"]
    made.close()


def test_runs_are_read_as_mlflow_has_them(store):
    opened, truth = store
    with opened.read() as connection:
        found = read_runs(connection, [*truth, "gone", "gone"])
    assert [each.run.run_id for each in found.runs] == list(truth)
    assert found.gone == ("gone",)
    for each in found.runs:
        run = truth[each.run.run_id]
        assert dict(each.params) == run["params"]
        assert set(each.metrics) == set(run["metrics"])
        assert dict(each.tags) == run["tags"]


def test_best_values_come_from_whole_histories(store):
    opened, truth = store
    with opened.read() as connection:
        found = read_runs(connection, list(truth))
        values = {how: best_values(connection, found, how) for how in ("min", "max", "first")}
    seen = 0
    for at, each in enumerate(found.runs):
        for key, latest in each.metrics.items():
            low, high = values["min"][at].get(key), values["max"][at].get(key)
            assert low is not None
            assert high is not None
            if not math.isnan(latest):
                assert low <= latest <= high
                seen += 1
    assert seen


def test_files_are_compared_by_content(store, tmp_path):
    opened, truth = store
    with opened.read() as connection:
        found = read_runs(connection, list(truth))
    files = find_files(ArtifactFinder(opened.path, tmp_path), found.runs, Progress())
    known = digests(files, Progress())
    compared = [
        (each[path], sha) for each, of in zip(files, known, strict=True) for path, sha in of.items()
    ]
    assert compared
    for file, sha in compared:
        data = (file.folder / file.relative).read_bytes()
        assert sha == hashlib.sha256(data).hexdigest()


def test_a_file_outside_its_folder_is_never_read(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "run" / "link").symlink_to(tmp_path / "secret")
    for relative in ("../secret", "link", "gone"):
        pair = ({relative: FileAt(tmp_path / "run", relative, 6)},) * 2
        assert digests(pair, Progress()) == ({}, {})


def test_text_files_of_two_runs_are_the_same_or_not(tmp_path):
    sides = []
    for run, texts in (("a", ("x", "same", "long")), ("b", ("y", "same", "longer"))):
        (tmp_path / run).mkdir()
        for name, text in zip(("one.txt", "two.txt", "three.yaml"), texts, strict=True):
            (tmp_path / run / name).write_text(text)
        (tmp_path / run / "picture.png").write_bytes(b"1")
        files = {path.name: path for path in sorted((tmp_path / run).iterdir())}
        sides.append({n: FileAt(tmp_path / run, n, p.stat().st_size) for n, p in files.items()})
    found = same_texts(sides[0], sides[1], Progress())
    assert found == {"one.txt": False, "two.txt": True, "three.yaml": False}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1), JSON, min_size=1))
def test_json_and_python_are_taken_apart_alike(value):
    assert leaves(json.dumps(value)) == leaves(str(value))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "plain", "{broken", "{1, 2}", "[" * 5000 + "]" * 5000, "{x}"]
)
def test_what_is_not_nested_stays_whole(text):
    assert leaves(text) is None


def test_leaves_are_named_by_their_path():
    text = '{"opt": {"name": "adam", "betas": [0.9, 0.999]}, "empty": {}, "none": null}'
    assert leaves(text) == {
        "opt.name": "adam",
        "opt.betas[0]": "0.9",
        "opt.betas[1]": "0.999",
        "empty": "{}",
        "none": "null",
    }


LINES = st.lists(st.sampled_from(["a", "b", "lr: 1", "lr: 2", ""]), max_size=12)


@given(LINES, LINES)
def test_a_difference_holds_every_line_of_both_texts(left, right):
    found = difference("\n".join(left), "\n".join(right))
    a, b = "\n".join(left).splitlines(), "\n".join(right).splitlines()
    assert [line.left_text for line in found.lines if line.left is not None] == a
    assert [line.right_text for line in found.lines if line.right is not None] == b
    assert [line.left for line in found.lines if line.left] == list(range(1, len(a) + 1))
    for line in found.lines:
        if line.change is Change.SAME:
            assert line.left_text == line.right_text


@given(LINES, LINES)
def test_both_layouts_of_a_difference_hold_every_line(left, right):
    found = difference("\n".join(left), "\n".join(right))
    a, b = "\n".join(left).splitlines(), "\n".join(right).splitlines()
    one, other = sides(found.lines)
    assert len(one) == len(other)
    assert [each.text for each in one if each.numbers[0] is not None] == a
    assert [each.text for each in other if each.numbers[0] is not None] == b
    both = unified(found.lines)
    assert [each.text for each in both if each.numbers[0] is not None] == a
    assert [each.text for each in both if each.numbers[1] is not None] == b
    assert sum(each.tone is Tone.ADDED for each in both) == found.added


def test_unchanged_lines_far_from_a_change_are_folded() -> None:
    left = [f"line {at}" for at in range(40)]
    right = [*left[:20], "new", *left[21:]]
    found = difference("\n".join(left), "\n".join(right)).lines
    kept = folded(found)
    assert [each for each in kept if isinstance(each, Fold)] == [Fold(0, 17), Fold(24, 16)]
    assert len(kept) == 3 + 1 + 3 + 2
    assert [each.fold for each in unified(kept)].count(None) == 3 + 2 + 3
    one, other = sides(kept)
    assert one[0].text == other[0].text == "⋯ 17 unchanged lines"
    assert folded(found, {0, 24}) == list(found)
    same = difference("a\n" * 50, "a\n" * 50).lines
    assert folded(same) == list(same)


@given(st.lists(st.sampled_from("ab"), max_size=60), st.lists(st.sampled_from("ab"), max_size=60))
def test_folds_stand_for_just_the_lines_that_are_missing(left: list[str], right: list[str]) -> None:
    found = list(difference("\n".join(left), "\n".join(right)).lines)
    whole = []
    for each in folded(found):
        whole += found[each.first : each.first + each.lines] if isinstance(each, Fold) else [each]
    assert whole == found


def test_json_is_laid_out_sorted():
    assert laid_out('{"b": [1], "a": {}}') == '{\n  "a": {},\n  "b": [\n    1\n  ]\n}'
    for text in ("a: 1", "{", "", "[" * 100_000):
        assert laid_out(text) is None


def test_very_long_texts_are_not_compared_line_by_line():
    found = difference("\n".join(f"a{n}" for n in range(9_000)), "b\n" * 9_000)
    assert len(found.lines) == 9_000
    assert "Too many" in found.note
    longest = difference("\n" * 50_000, "a" + "\n" * 50_000)
    assert len(longest.lines) == 20_000
    assert "20,000 of 50,000" in longest.note


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=20, unique=True))
def test_an_order_that_agrees_is_a_link_of_one(values):
    found = np.array(values)
    texts = [repr(value) for value in values]
    assert link(texts, found) == pytest.approx(1.0)
    assert link(texts, -found) == pytest.approx(-1.0)


def test_texts_are_linked_by_their_share_of_the_variance():
    values = np.array([1.0, 1.0, 5.0, 5.0, 3.0])
    assert link(["a", "a", "b", "b", None], values) == pytest.approx(1.0)
    assert link(["a", "b", "a", "b", None], values) == pytest.approx(0.0)
    for texts in (["a"] * 5, list("abcde"), [None] * 5, ["1"] * 5):
        assert math.isnan(link(texts, values))
    assert math.isnan(link(["a", "a", "b", "b"], np.array([np.nan, np.inf, 1.0, 2.0])))
