"""Shown runs and their colours: the lowest free index, kept while a run is shown."""

from hypothesis import given
from hypothesis import strategies as st

from runcase.itemmodels.selection import RunColors

runs = st.lists(st.sampled_from("abcdefgh"), max_size=5)
steps = st.lists(st.tuples(st.sampled_from(["show", "hide", "toggle"]), runs), max_size=20)


@given(steps)
def test_indices_are_unique_lowest_free_and_kept(steps):
    colors = RunColors()
    for step, names in steps:
        before = colors.as_mapping()
        getattr(colors, step)(names)
        after = colors.as_mapping()
        assert len(set(after.values())) == len(after)
        assert all(after[run] == before[run] for run in after if run in before)
        new = sorted(index for run, index in after.items() if run not in before)
        kept = {index for run, index in before.items() if run in after}
        free = [index for index in range(20) if index not in kept]
        assert new == free[: len(new)]


def test_shown_runs_are_in_order_of_their_index():
    colors = RunColors()
    colors.show(["a", "b", "c"])
    colors.hide(["a"])
    colors.show(["d"])
    assert colors.shown() == ("d", "b", "c")
    assert colors.index("d") == 0
    assert colors.index("a") is None


def test_toggling_shows_what_is_hidden_before_it_hides():
    colors = RunColors()
    colors.show(["a"])
    colors.toggle(["a", "b"])
    assert colors.shown() == ("a", "b")
    colors.toggle(["a", "b"])
    assert colors.shown() == ()


def test_every_change_is_told(qtbot):
    colors = RunColors()
    for change in (
        lambda: colors.restore({"x": 3}),
        lambda: colors.show(["y"]),
        lambda: colors.hide(["x"]),
    ):
        with qtbot.waitSignal(colors.changed):
            change()
    assert colors.as_mapping() == {"y": 0}
