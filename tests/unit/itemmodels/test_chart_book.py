"""Which charts there are: metrics' own, added, changed, moved, removed; kept as JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.itemmodels.chart_book import MODEL, OWN, SYSTEM, ChartBook
from runcase.itemmodels.chart_kinds import ONLY_SHOWN

KEYS = ("acc", "loss", "val/loss", "val/acc", "train/loss", "system/cpu", "epochs")
LONG = frozenset(KEYS) - {"epochs"}


def book(bars=False):
    made = ChartBook()
    made.set_metrics(KEYS, LONG, bars=bars)
    return made


def shown(made, search=""):
    return {each.id: [chart.id for chart in each.charts] for each in made.sections(search)}


def test_each_metric_has_a_chart_in_the_section_of_its_prefix():
    assert shown(book()) == {
        MODEL: ["metric:acc", "metric:loss", "metric:epochs"],
        "prefix:train": ["metric:train/loss"],
        "prefix:val": ["metric:val/acc", "metric:val/loss"],
        SYSTEM: ["metric:system/cpu"],
    }
    assert list(shown(book()))[-1] == SYSTEM


def test_a_metric_of_one_step_is_shown_as_bars_where_there_is_a_table():
    chart = book(bars=True).chart("metric:epochs")
    assert (chart.kind, chart.name(Role.Y)) == (ChartKind.BAR, "metric:epochs")
    assert chart.options[ONLY_SHOWN]
    assert book().chart("metric:epochs").kind is ChartKind.LINE
    assert "metric:epochs" in shown(book(bars=True))[MODEL]


def test_what_is_added_comes_first_and_expressions_are_added():
    made = book()
    made.put(Chart(made.free_id(), ChartKind.SCATTER, {Role.X: ("param:lr",), Role.Y: ("a",)}))
    made.put(Chart(made.free_id(), ChartKind.LINE, {Role.Y: ("loss - acc",)}))
    made.put(Chart(made.free_id(), ChartKind.LINE, {Role.Y: ("loss", "acc")}))
    sections = shown(made)
    assert next(iter(sections)) == OWN
    assert len(sections[OWN]) == 3


def test_a_copy_stands_behind_its_original_and_moves():
    made = book()
    copy = made.duplicate("metric:acc")
    assert shown(made)[MODEL][:2] == ["metric:acc", copy.id]
    made.move("metric:epochs", "metric:acc")
    assert shown(made)[MODEL] == ["metric:epochs", "metric:acc", copy.id, "metric:loss"]
    made.move("metric:epochs", None)
    assert shown(made)[MODEL][-1] == "metric:epochs"
    assert made.duplicate("no such chart") is None
    made.move("no such chart", None)


def test_what_was_removed_comes_back_when_asked():
    made = book()
    made.remove("metric:acc")
    assert made.chart("metric:acc") is None
    assert "metric:acc" not in shown(made)[MODEL]
    assert made.removed == 1
    made.put(Chart("metric:loss", ChartKind.LINE, {Role.Y: ("loss",)}, {"log_y": True}))
    made.restore()
    assert made.removed == 0
    assert made.chart("metric:loss").options == {}
    assert shown(made) == shown(book())


def test_a_search_looks_for_all_words_in_the_titles():
    assert shown(book(), "LOSS val") == {"prefix:val": ["metric:val/loss"]}
    assert shown(book(), "nothing") == {}


def test_it_is_kept_as_json():
    made = book()
    made.put(Chart(made.free_id(), ChartKind.BOX, {Role.Y: ("metric:acc",)}, {"violin": True}, "B"))
    made.remove("metric:val/acc")
    made.move("metric:loss", "metric:acc")
    made.folded = {SYSTEM}
    again = book()
    again.set_json(json.loads(json.dumps(made.as_json())))
    assert again.sections() == made.sections()
    assert again.folded == {SYSTEM}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("charts", "removed", "orders", "folded"), VALUES)
    )
    | VALUES
)
def test_any_json_is_survived(value):
    made = book()
    made.set_json(value)
    made.sections()
