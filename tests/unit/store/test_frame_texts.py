"""Texts in codes: few as Python's own, many as bytes, and what columns of them say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.store import frame_texts
from runcase.store.columns import TextColumn
from runcase.store.frame_texts import TextEncoder, Texts

texts = st.lists(st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["1", "2.5", "é", ""])))


@pytest.fixture(params=[1, 3, 100])
def few(request, monkeypatch):
    monkeypatch.setattr(frame_texts, "_FEW", request.param)


def encoded(values, cut):
    encoder = TextEncoder()
    codes = [encoder.add(piece) for piece in (values[:cut], values[cut:])]
    return encoder.finish(np.concatenate(codes))


@pytest.mark.parametrize("few", [1, 3, 100])
@given(texts, st.integers(0, 10))
def test_codes_say_the_texts(few, values, cut):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(frame_texts, "_FEW", few)
        codes, categories = encoded(values, cut)
    assert [None if code < 0 else categories[code] for code in codes.tolist()] == values
    assert sorted(categories) == sorted(set(values) - {None})
    column = TextColumn(codes, categories, codes >= 0)
    for text in [*categories, "none of these"]:
        found = column.find(text)
        assert (found >= 0) == (text in list(categories))
        assert found < 0 or categories[found] == text
    for natural in (True, False):
        plain = TextColumn.of(list(categories), len(categories))
        assert column.ranks(natural).tolist() == plain.ranks(natural).tolist()


def test_texts_of_one_hash_are_told_apart(few, monkeypatch):
    monkeypatch.setattr(frame_texts, "hash", lambda text: len(text), raising=False)
    codes, categories = encoded(["aa", "bb", "aa", "bb", "c", "bb"], 1)
    assert [categories[code] for code in codes.tolist()] == ["aa", "bb", "aa", "bb", "c", "bb"]


def test_texts_as_bytes_are_a_sequence():
    many = Texts(np.frombuffer("aébc".encode(), np.uint8), np.array([0, 1, 3, 3, 5]))
    assert list(many) == ["a", "é", "", "bc"]
    assert (many[-1], many[1:3], many[::-2]) == ("bc", ["é", ""], ["bc", "é"])
    assert [many.find(each) for each in ("bc", "", "é", "b", "aé")] == [3, 2, 1, -1, -1]
    with pytest.raises(IndexError):
        many[4]


def test_numbers_are_those_of_the_texts():
    values = ["1", "-2.5e3", "x", "nan", "inf", "1-2", " 3", "1_0", "٣", "+.5", ""]
    column = TextColumn.of(values, len(values))
    assert column.is_number().tolist() == [
        True, True, False, True, True, False, False, False, True, True, False,
    ]  # fmt: skip
    want = [1, -2500, math.nan, math.nan, math.inf, *[math.nan] * 3, 3, 0.5, math.nan]
    assert column.numbers().tolist() == pytest.approx(want, nan_ok=True)


def test_a_text_put_later_is_counted():
    column = TextColumn.empty(2)
    column.put(1, "5")
    column.put(0, None)
    assert column.numbers().tolist() == [5]
    assert column.present.tolist() == [True, True]
    assert (column.text(0), column.text(1)) == (None, "5")
