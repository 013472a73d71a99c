"""Names of runs by a template."""

import numpy as np
import pytest

from runcase.curves.run_table import RunTable, Values
from runcase.itemmodels.run_labels import template


def column(name, labels, codes, numbers=None):
    values = np.full(len(codes), np.nan) if numbers is None else np.array(numbers)
    return Values(name, name, values, np.array(codes, np.int32), labels, numbers is not None)


TABLE = RunTable(
    ["a" * 32, "b" * 32],
    ["first", "second"],
    {
        "param:lr": column("param:lr", ("0.1", "1e-3"), [1, -1]),
        "metric:val/acc": column("metric:val/acc", (), [-1, -1], [0.91234567, np.nan]),
    },
)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("{name}", "first", "second"),
        ("{name} · {params.lr}", "first · 1e-3", "second · —"),
        ("lr={params.`lr`}", "lr=1e-3", "lr=—"),
        ("{metrics.val/acc}", "0.9123", "—"),
        ("{id}", "aaaaaaaa…aaaa", "bbbbbbbb…bbbb"),
        ("plain", "plain", "plain"),
        ("  ", "first", "second"),
        ("{unknown} {name}", "— first", "— second"),
    ],
)
def test_fields_are_filled(text, first, second):
    parsed = template(text)
    assert [parsed.label(TABLE, row) for row in (0, 1)] == [first, second]


def test_it_says_which_columns_it_needs():
    parsed = template("{name} {params.lr} {tags.team} {params.lr} {nonsense}")
    assert parsed.columns == ("param:lr", "tag:team")
    assert parsed.unknown == ("nonsense",)
