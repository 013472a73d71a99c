"""Titles, widths and names of the runs table's columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.itemmodels import columns
from runcase.store.records import ColumnKey, Kind

hows = st.sampled_from(["", "min", "at:-5", "step of max", "curve"])
keys = st.builds(ColumnKey, st.sampled_from(Kind), st.text(max_size=30), hows)


@given(keys)
def test_names_for_the_settings_read_back(key):
    assert columns.decode(columns.encode(key)) == key


@pytest.mark.parametrize("text", ["", "rmse", "metrics:rmse", "colour:blue", ":x"])
def test_unknown_names_are_no_columns(text):
    assert columns.decode(text) is None


@given(keys)
def test_every_column_has_a_title_a_group_and_a_width(key):
    assert columns.title(key) == key.key or key in (columns.NAME, *columns.EXTRA)
    assert columns.said(key)
    assert 34 <= columns.width(key) <= 264
    bare = (columns.NAME, columns.STATUS, columns.STAR)
    assert (columns.group(key) == "") == (key in bare)


@pytest.mark.parametrize("text", ["1", "-0.5", "+3.", ".5", "1e-3", "inf", "-Infinity", "NaN"])
def test_numbers(text):
    assert columns.is_number(text)
    float(text)


@pytest.mark.parametrize("text", ["", "1,5", "0x10", "1_000", "adam", "1e", "--1", " 1"])
def test_no_numbers(text):
    assert not columns.is_number(text)
