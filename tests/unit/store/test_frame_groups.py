"""Groups of runs and their statistics, against plain Python."""

import math
import statistics as plain
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frames import datasets, frame, metric, text
from runcase.store.frame_groups import GroupBy, group, moments, only, ranks
from runcase.store.records import ColumnKey, Kind

LOSS = ColumnKey(Kind.METRIC, "loss")
MODEL = ColumnKey(Kind.PARAM, "model")
DEPTH = ColumnKey(Kind.PARAM, "depth")
DATA = ColumnKey(Kind.DATASET, "name")
STATUS = ColumnKey(Kind.ATTRIBUTE, "status")

numbers = st.one_of(
    st.none(), st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf])
)
words = st.sampled_from([None, "a", "b", "10", "9", "1e1", ""])


def described(groups):
    """Return (path of labels, count) of every group."""
    paths = []
    for at, label in enumerate(groups.labels):
        above = int(groups.parent[at])
        paths.append((*(paths[above][0] if above >= 0 else ()), label))
        paths[at] = (paths[at], int(groups.counts[at]))
    return paths


def test_nested_groups_are_in_the_order_of_their_values_and_missing_comes_last():
    runs = frame(
        6,
        {
            MODEL: text(["svm", None, "svm", "net", "net", "svm"]),
            DEPTH: text(["10", "9", "9", None, "2", "9"]),
        },
    )
    groups = group(runs, [GroupBy(MODEL), GroupBy(DEPTH)], np.arange(6))
    assert described(groups) == [
        (("net",), 2),
        (("svm",), 3),
        ((None,), 1),
        (("net", "2"), 1),
        (("net", None), 1),
        (("svm", "9"), 2),
        (("svm", "10"), 1),
        ((None, "9"), 1),
    ]
    assert groups.member[1].tolist() == [6, 7, 5, 4, 3, 5]


def test_by_datasets_and_by_attributes():
    runs = frame(
        4,
        {DATA: datasets([("iris",), (), ("iris", "wine"), ("iris",)])},
        statuses=["FAILED", "FINISHED", "FINISHED", "FAILED"],
    )
    by_data = group(runs, [GroupBy(DATA)], np.arange(4))
    assert list(zip(by_data.labels, by_data.counts.tolist(), strict=True)) == [
        ("iris", 2),
        ("iris, wine", 1),
        (None, 1),
    ]
    by_status = group(runs, [GroupBy(STATUS)], np.array([3, 1]))
    assert by_status.labels == ("FAILED", "FINISHED")


def test_bins_of_a_metric_keep_infinities_nan_and_missing_apart():
    values = [0.0, 1.0, 2.0, 4.0, math.inf, -math.inf, math.nan, None]
    runs = frame(8, {LOSS: metric(values)})
    groups = group(runs, [GroupBy(LOSS, bins=2)], np.arange(8))
    assert list(zip(groups.labels, groups.counts.tolist(), strict=True)) == [
        ("−∞", 1),
        ("0 … 2", 2),
        ("2 … 4", 2),
        ("∞", 1),
        ("NaN", 1),
        (None, 1),
    ]


def test_one_value_is_one_bin_and_no_rows_are_no_groups():
    runs = frame(2, {LOSS: metric([3.0, 3.0])})
    assert group(runs, [GroupBy(LOSS, bins=5)], np.arange(2)).labels == ("3",)
    assert group(runs, [GroupBy(LOSS)], np.arange(0)).labels == ()


@given(st.lists(st.tuples(words, words, numbers), min_size=1, max_size=40))
def test_statistics_are_those_of_plain_python(rows):
    count = len(rows)
    runs = frame(
        count,
        {
            MODEL: text([row[0] for row in rows]),
            DEPTH: text([row[1] for row in rows]),
            LOSS: metric([row[2] for row in rows]),
        },
    )
    groups = group(runs, [GroupBy(MODEL), GroupBy(DEPTH)], np.arange(count))
    found, ordered = moments(runs, groups, LOSS), ranks(runs, groups, LOSS)
    want = defaultdict(list)
    for model, depth, value in rows:
        for path in ((model,), (model, depth)):
            want[path].append(value)
    assert dict(described(groups)) == {path: len(values) for path, values in want.items()}
    for at, (path, _) in enumerate(described(groups)):
        usable = [v for v in want[path] if v is not None and math.isfinite(v)]
        assert found.values[at] == len(usable)
        if not usable:
            assert math.isnan(found.mean[at])
            assert ordered.lowest[at] == -1
            continue
        assert found.mean[at] == pytest.approx(plain.fmean(usable), rel=1e-9, abs=1e-6)
        assert ordered.median[at] == pytest.approx(plain.median(usable), rel=1e-9, abs=1e-9)
        assert ordered.low[at] == min(usable)
        assert ordered.high[at] == max(usable)
        assert rows[ordered.lowest[at]][2] == min(usable)
        if len(usable) > 1:
            deviation = plain.stdev(usable)
            assert found.std[at] == pytest.approx(deviation, rel=1e-6, abs=1e-3)
            sem = deviation / math.sqrt(len(usable))
            assert found.sem[at] == pytest.approx(sem, rel=1e-6, abs=1e-3)
        else:
            assert math.isnan(found.std[at])


def test_one_group_alone_has_the_same_numbers():
    runs = frame(5, {MODEL: text(["a", "b", "a", "b", "a"]), LOSS: metric([1, 2, 3, 4, math.nan])})
    groups = group(runs, [GroupBy(MODEL)], np.arange(5))
    alone = only(groups, 0)
    assert alone.rows.tolist() == [0, 2, 4]
    assert moments(runs, alone, LOSS).mean.tolist() == [2.0]
    assert ranks(runs, alone, LOSS).highest.tolist() == [2]


def test_a_text_has_no_statistics():
    runs = frame(1, {MODEL: text(["svm"])})
    groups = group(runs, [GroupBy(MODEL)], np.arange(1))
    assert moments(runs, groups, DATA) is None
    assert ranks(runs, groups, DATA) is None
