"""The zoom of the interface: set before a page opens or while it is open, no text is cut."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from artifact_hands import hands_on
from runcase.store.engine import Store
from runcase.store.experiments import list_experiments
from runcase.store.frame import load
from runcase.store.records import Lifecycle
from runcase.ui.location import Location, Place
from runcase.ui.widgets.basics import IconButton, IconLabel
from table_hands import NO_PLATFORM

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
# At zoom 2 this is the smallest window of zoom 1.
SIZE = (1920, 1200)
MODEL = "nyc-duration"


@pytest.fixture(scope="module")
def places(sample):
    """The pages by name, on the fullest experiment and its newest runs."""
    store = Store.open(sample)
    with store.read() as connection:
        experiment = max(list_experiments(connection), key=lambda each: each.active_runs)
        frame = load(connection, [experiment.experiment_id], Lifecycle.ACTIVE)
        several = [frame.ids[at] for at in range(3)]
    store.close()
    run = several[1]  # the first is still running and has no files
    return {
        "table": Location(Place.EXPERIMENT, experiment.experiment_id),
        "overview": Location(Place.RUN, run, "overview"),
        "metrics": Location(Place.RUN, run, "metrics"),
        "files": Location(Place.RUN, run, "artifacts"),
        "compare": Location(Place.COMPARE, ",".join(several)),
        "model": Location(Place.MODEL, MODEL),
        "models": Location(Place.MODELS),
        "store": Location(Place.OVERVIEW),
        "health": Location(Place.HEALTH),
        "search": Location(Place.SEARCH),
    }


def in_sight(window, kind):
    return [
        each
        for each in window.findChildren(kind)
        if each.isVisible() and not each.visibleRegion().isEmpty()
    ]


def needed(widget):
    """Return the height that a widget's text or icon needs."""
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.heightForWidth(widget.width())
    if isinstance(widget, IconButton):
        return widget.iconSize().height() + 2  # its side is fixed, its icon has a frame
    return widget.sizeHint().height()


def cut(window):
    """Return what is lower than it needs."""
    return [
        (type(each).__name__, each.text() or each.accessibleName(), each.height(), needed(each))
        for kind in (QLabel, QPushButton, QToolButton)
        for each in in_sight(window, kind)
        # The button that clears a field has the size that Qt gives it.
        if each.height() < needed(each) and not each.parent().inherits("QLineEdit")
    ]


def icon_sizes(window):
    """Return the sides of icons on buttons, and of labels for icons with their pictures."""
    buttons = {each.iconSize().height() for each in in_sight(window, IconButton)}
    labels = [(each.height(), each.pixmap().height()) for each in in_sight(window, IconLabel)]
    return buttons, labels


@pytest.fixture(scope="module", params=["before", "open"])
def hands(request, qapp, tmp_path_factory, sample, places):
    """A window at zoom 2, set before its pages were made or once all of them were.

    `seen` is by page what was too low, and the sizes of what shows icons.
    """
    with hands_on(request, qapp, tmp_path_factory, sample) as made:
        window, theme = made.window, made.window.theme
        window.resize(*SIZE)
        if request.param == "open":
            for place in places.values():
                window.go(place)
                made.settle()
        theme.set_zoom(2.0)
        made.seen = {}
        # All within the fixture: what charts leave behind ends with the window.
        for page, place in places.items():
            window.go(place)
            made.settle()
            made.seen[page] = (cut(window), icon_sizes(window), window.size().toTuple())
        yield made
        theme.set_zoom(1.0)


PAGES = (
    "table", "overview", "metrics", "files", "compare", "model", "models", "store", "health",
    "search",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_cut_at_200_percent(page, hands):
    too_low, (buttons, labels), size = hands.seen[page]
    assert size == SIZE
    assert too_low == []
    assert buttons
    assert buttons <= {2 * 17, 2 * 13}
    assert all(side == drawn for side, drawn in labels)


def test_icons_and_open_panes_follow_and_targets_stay_large_enough(hands, places):
    window, theme = hands.window, hands.window.theme
    window.go(places["table"])
    hands.settle()
    buttons = in_sight(window, IconButton)
    theme.set_zoom(0.8)
    hands.settle()
    assert window.navigator.width() == pytest.approx(0.8 * 240, abs=2)
    assert {each.iconSize().height() for each in buttons} == {round(0.8 * 17)}
    assert min(each.width() for each in buttons) == 24
