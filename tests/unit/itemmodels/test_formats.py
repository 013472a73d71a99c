"""How numbers, times, sizes and ids are written; the examples are the design's part 6."""

import math
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.itemmodels import formats

DAY = 86_400_000
NOW = int(datetime(2025, 3, 19, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (6.182, "6.182"),
        (0.937, "0.9370"),
        (3.2e-5, "3.2e-5"),
        (-3.2e-5, "−3.2e-5"),
        (8.42e6, "8.42e6"),
        (1e6, "1e6"),
        (1e-4, "0.000100"),
        (999_999, "999999"),
        (0.0, "0"),
        (-0.0, "0"),
        (5760, "5760"),
        (-12.5, "−12.50"),
        (123456.7, "123457"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (9.999e-5, "1e-4"),
    ],
)
def test_numbers(value, text):
    assert formats.number(value) == text


def test_a_column_has_one_number_of_decimals():
    column = [6.182, 0.937, 12.0, math.nan, 1e-9, 0.0]
    places = formats.decimals_for(column)
    assert places == 4
    texts = [formats.number(value, places) for value in column]
    assert texts == ["6.1820", "0.9370", "12.0000", "NaN", "1e-9", "0.0000"]


@pytest.mark.parametrize(
    ("values", "places"),
    [([], 0), ([1.0, 200.0], 0), ([0.00012345], 6), ([math.nan, math.inf], 0), ([1e9, 1e-7], 0)],
)
def test_decimals(values, places):
    assert formats.decimals_for(values) == places


@given(st.floats(-1e300, 1e300))
def test_a_number_reads_back_to_three_digits(value):
    text = formats.number(value).replace(formats.MINUS, "-")
    assert float(text) == pytest.approx(value, rel=6e-3)


@given(st.floats())
def test_what_is_copied_is_the_value(value):
    back = float(formats.exact(value))
    assert back == value or (math.isnan(back) and math.isnan(value))


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, "—"),
        (0, "0 ms"),
        (860, "860 ms"),
        (3_690, "3.69 s"),
        (9_994, "9.99 s"),
        (9_996, "10 s"),
        (42_000, "42 s"),
        (59_999, "59 s"),
        (60_000, "1m 00s"),
        (291_000, "4m 51s"),
        (3_599_999, "59m 59s"),
        (11_520_000, "3h 12m"),
        (2 * DAY + 4 * 3_600_000, "2d 4h"),
        (1200 * DAY, "1,200d 0h"),
        (-3_690, "−3.69 s"),
    ],
)
def test_durations(ms, text):
    assert formats.duration(ms) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (0, "just now"),
        (15_000, "15 s ago"),
        (240_000, "4 min ago"),
        (2 * 3_600_000, "2 h ago"),
        (2 * DAY, "2 d ago"),
        (7 * DAY - 1, "6 d ago"),
        (7 * DAY, "12 Mar"),
        (372 * DAY, "12 Mar 2024"),
        (-3 * DAY, "22 Mar"),
    ],
)
def test_ages(passed, text):
    assert formats.age(NOW - passed, NOW) == text


def test_a_time_that_is_missing():
    assert formats.age(None, NOW) == formats.moment(None) == "—"
    assert formats.moment_with_zone(None) == "not recorded"


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def zone(request, monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("this system has no time zone per process")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_absolute_times_name_their_zone(zone):
    lines = formats.moment_with_zone(NOW).splitlines()
    assert len(lines) == 3
    assert lines[1:] == ["2025-03-19 12:00:00 UTC", f"{NOW} ms"]


@pytest.mark.parametrize(
    "ms",
    [
        253_402_300_799_999,
        253_402_300_800_000,
        253_402_270_000_000,
        -62_135_596_800_000,
        -62_135_596_800_001,
        -62_135_570_000_000,
        2**63 - 1,
        -(2**63),
    ],
)
def test_times_outside_the_calendar_are_written_all_the_same(zone, ms):
    assert formats.age(ms, NOW)
    assert formats.date(ms, NOW)
    assert formats.moment(ms)
    assert formats.moment_with_zone(ms)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 KB"),
        (48_200_000, "48.2 MB"),
        (999_499, "999 KB"),
        (999_500, "1 MB"),
        (99_960, "100 KB"),
        (1_230_000_000, "1.23 GB"),
        (2**62, "4,612 PB"),
    ],
)
def test_sizes(value, text):
    assert formats.size(value) == text


def test_counts():
    assert formats.count(5760) == "5,760"
    assert formats.counted(1, "run") == "1 run"
    assert formats.counted(1204, "run") == "1,204 runs"


def test_ids_keep_both_ends():
    assert formats.short_id("0123456789abcdef0123456789abcdef") == "01234567…cdef"
    assert formats.short_id("short-one") == "short-one"


def test_texts_are_put_on_one_line():
    assert formats.one_line("a\r\nb\nc\rd") == "a⏎b⏎c⏎d"
