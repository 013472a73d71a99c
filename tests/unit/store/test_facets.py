"""What a column holds: counts of values, histograms, what is missing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frames import datasets, frame, metric, text
from runcase.store.facets import facet
from runcase.store.records import ColumnKey, Kind

A = ColumnKey(Kind.METRIC, "a")
P = ColumnKey(Kind.PARAM, "p")
D = ColumnKey(Kind.DATASET, "name")


def test_texts_are_counted_most_frequent_first():
    runs = frame(6, {P: text(["b", "a", None, "b", "c", "b"])})
    found = facet(runs, P)
    assert found.values == (("b", 3), ("a", 1), ("c", 1))
    assert (found.present, found.missing, found.distinct) == (5, 1, 3)
    assert (found.low, found.edges) == (None, ())
    some = facet(runs, P, np.array([1, 2, 5]), limit=1)
    assert some.values == (("b", 1),)
    assert (some.present, some.missing, some.distinct) == (2, 1, 2)


def test_texts_that_are_all_numbers_have_a_histogram_too():
    found = facet(frame(5, {P: text(["1", "2", "2.0", "nan", "10"])}), P)
    assert (found.low, found.high, found.nan) == (1.0, 10.0, 1)
    assert sum(found.counts) == 4
    mixed = facet(frame(2, {P: text(["1", "x"])}), P)
    assert (mixed.low, mixed.counts) == (None, ())


@given(st.lists(st.none() | st.floats(), min_size=1, max_size=30))
def test_numbers_are_counted_as_plain_python_does(values):
    found = facet(frame(len(values), {A: metric(values)}), A)
    given_ = [value for value in values if value is not None]
    real = [value for value in given_ if not math.isnan(value)]
    finite = [value for value in real if math.isfinite(value)]
    assert found.present == len(given_)
    assert found.missing == len(values) - len(given_)
    assert found.nan == len(given_) - len(real)
    assert found.low == (min(finite) if finite else None)
    assert found.high == (max(finite) if finite else None)
    assert sum(found.counts) == len(finite)
    assert len(found.edges) == (len(found.counts) + 1 if finite else 0)
    assert {float(value): count for value, count in found.values} == {
        value: real.count(value) for value in set(real)
    }


def test_few_whole_numbers_stand_in_the_middle_of_their_bins():
    found = facet(frame(4, {A: metric([1, 2, 2, 4])}), A)
    assert found.edges == (0.5, 1.5, 2.5, 3.5, 4.5)
    assert found.counts == (1, 2, 0, 1)


def test_many_different_numbers_have_no_list():
    found = facet(frame(40, {A: metric(list(range(40)))}), A, limit=10)
    assert (found.values, found.distinct) == ((), 40)


def test_times_and_attributes():
    runs = frame(3, starts=[5, 3, None], ends=[9, None, None], statuses=["x", "y", "y"])
    assert facet(runs, ColumnKey(Kind.ATTRIBUTE, "start_time")).low == 3
    duration = facet(runs, ColumnKey(Kind.ATTRIBUTE, "duration"))
    assert (duration.present, duration.missing, duration.values) == (1, 2, (("4", 1),))
    assert facet(runs, ColumnKey(Kind.ATTRIBUTE, "status")).values == (("y", 2), ("x", 1))
    assert facet(runs, ColumnKey(Kind.ATTRIBUTE, "age")) is None


def test_each_dataset_of_a_run_counts():
    runs = frame(4, {D: datasets([("a", "b"), ("b",), (), ("b", "b")])})
    found = facet(runs, D)
    assert found.values == (("b", 3), ("a", 1))
    assert (found.present, found.missing, found.distinct) == (3, 1, 2)


@pytest.mark.parametrize("key", [A, P, D])
def test_what_is_not_loaded_has_no_facet(key):
    assert facet(frame(1), key) is None


def test_no_runs_have_empty_facets():
    runs = frame(0, {A: metric([]), P: text([])})
    assert facet(runs, A).present == facet(runs, P).present == 0
