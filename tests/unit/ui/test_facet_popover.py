import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from runcase.store.facets import Facet
from runcase.store.records import ColumnKey, Kind
from runcase.store.search import parse
from runcase.ui.theme import Theme
from runcase.ui.widgets.facet_choice import FacetChoice, choice_of, clause_of, read, shown
from runcase.ui.widgets.facet_popover import FacetPopover

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", r"raise\(\)", extend=True)

P = ColumnKey(Kind.PARAM, "p")
A = ColumnKey(Kind.METRIC, "a")
START = ColumnKey(Kind.ATTRIBUTE, "start_time")
SPENT = ColumnKey(Kind.ATTRIBUTE, "duration")
TEXTS = Facet(9, 2, 0, 3, (("x", 5), ("it's", 3), ("y", 1)))
NUMBERS = Facet(90, 10, 0, 80, (), 0.0, 10.0, (0.0, 5.0, 10.0), (60, 30))


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 600)
    made.show()
    return made


@pytest.fixture
def opened(host: QWidget, theme: Theme):
    def open_(key, facet, current=()):
        made = FacetPopover(theme, key, key.key, facet, current, host)
        made.open_at(host.mapToGlobal(QPoint(0, 0)))
        return made, QSignalSpy(made.filtered), QSignalSpy(made.cleared)

    return open_


def button(popover, text):
    return next(each for each in popover.findChildren(QPushButton) if each.text() == text)


def test_ticked_values_become_a_clause(opened):
    popover, filtered, _ = opened(P, TEXTS)
    values = popover.values
    values.list.setCurrentIndex(values.model.index(1))
    QTest.keyClick(values.list, Qt.Key.Key_Space)
    values.list.clicked.emit(values.model.index(3))
    button(popover, "Apply").click()
    assert filtered.at(0) == ['params.p = "it\'s" OR params.p IS NULL']


def test_ticks_come_from_the_filter_and_can_be_taken_away(opened):
    popover, filtered, cleared = opened(P, TEXTS, ["params.p IN ('x', 'y')"])
    assert popover.values.model.ticked == {"x", "y"}
    popover.values.model.toggle(0)
    popover.apply()
    assert filtered.at(0) == ["params.p = 'y'"]
    popover, filtered, cleared = opened(P, TEXTS, ["params.p = 'x'"])
    popover.values.model.toggle(0)
    popover.apply()
    assert (filtered.count(), cleared.count()) == (0, 1)


def test_values_are_searched(opened):
    many = Facet(60, 0, 0, 60, tuple((f"value {at}", 1) for at in range(60)))
    popover, filtered, _ = opened(P, many)
    QTest.keyClicks(popover.values.search, "E 59")
    assert popover.values.model.rowCount() == 1
    popover.values.model.toggle(0)
    popover.apply()
    assert filtered.at(0) == ["params.p = 'value 59'"]


def test_a_range_is_dragged(opened):
    popover, filtered, _ = opened(A, NUMBERS)
    histogram = popover.histogram
    start = QPoint(8, 20)
    QTest.mousePress(histogram, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(histogram, QPoint(histogram.width() // 2, 20))
    QTest.mouseRelease(histogram, Qt.MouseButton.LeftButton)
    assert 4.5 < histogram.low < 5.5
    assert popover.low.text() == f"{histogram.low:.6g}"
    popover.apply()
    assert str(filtered.at(0)[0]).startswith("metrics.a >= ")


def test_a_range_is_moved_by_keys_and_typed(opened):
    popover, filtered, _ = opened(A, NUMBERS)
    QTest.keyClick(popover.histogram, Qt.Key.Key_Right)
    assert popover.histogram.low == pytest.approx(0.2)
    QTest.keyClick(popover.histogram, Qt.Key.Key_Up)
    QTest.keyClick(popover.histogram, Qt.Key.Key_Left)
    assert popover.histogram.high == pytest.approx(9.8)
    popover.low.selectAll()
    QTest.keyClicks(popover.low, "2.5")
    assert popover.histogram.low == 2.5
    popover.missing.setChecked(True)
    QTest.keyClick(popover.low, Qt.Key.Key_Return)
    assert filtered.at(0) == ["metrics.a BETWEEN 2.5 AND 9.8 OR metrics.a IS NULL"]


def test_the_whole_range_is_no_filter(opened):
    popover, filtered, cleared = opened(A, NUMBERS)
    popover.apply()
    assert (filtered.count(), cleared.count()) == (0, 1)


def test_a_range_comes_from_the_filter(opened):
    popover, _, cleared = opened(
        A, NUMBERS, ["metrics.a > 2", "metrics.a < 7 OR metrics.a IS NULL"]
    )
    assert (popover.histogram.low, popover.histogram.high) == (2.0, 7.0)
    assert popover.missing.isChecked()
    button(popover, "Clear").click()
    assert cleared.count() == 1


def test_few_different_numbers_are_ticked(opened):
    few = Facet(9, 0, 0, 2, (("1", 5), ("2.5", 4)), 1.0, 2.5, (1.0, 2.5), (9,))
    popover, filtered, _ = opened(A, few)
    popover.values.model.toggle(1)
    popover.apply()
    assert filtered.at(0) == ["metrics.a = 2.5"]


def test_a_facet_may_come_later_and_a_column_may_be_empty(opened):
    popover, _, _ = opened(P, None)
    assert not button(popover, "Apply").isEnabled()
    popover.show_facet(TEXTS)
    assert popover.values.model.rowCount() == 4
    empty, _, _ = opened(P, Facet(0, 5))
    assert "No run has it" in empty._note.text()


def test_escape_closes_without_a_word(opened):
    popover, filtered, cleared = opened(P, TEXTS)
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert (filtered.count(), cleared.count()) == (0, 0)


@pytest.mark.parametrize(
    ("key", "choice"),
    [
        (P, FacetChoice({"a", "b\\", None})),
        (P, FacetChoice(set(), 1.0, 2.5)),
        (A, FacetChoice({"1", "0.5"})),
        (A, FacetChoice({None}, None, 3.0)),
        (SPENT, FacetChoice(set(), 90_000.0, 5_400_000.0)),
        (P, FacetChoice()),
    ],
)
def test_a_choice_comes_back_from_its_clause(key, choice):
    clause = clause_of(key, choice)
    assert choice_of([clause]) == choice
    parse(clause)


def test_a_range_of_times_is_written_as_dates():
    low, high = read(START, "2025-03-01 12:00"), read(START, "2025-03-02 00:30")
    clause = clause_of(START, FacetChoice(set(), low, high))
    assert clause == "start_time BETWEEN '2025-03-01 12:00' AND '2025-03-02 00:30'"
    back = choice_of([clause])
    assert (back.low, shown(START, back.high)) == (low, "2025-03-02 00:30")
    assert read(START, "nonsense") is None
    assert shown(SPENT, 5_400_000) == "1h30m"
    assert read(SPENT, "1h 30m") == 5_400_000
    assert shown(SPENT, -500) == "-500ms"
