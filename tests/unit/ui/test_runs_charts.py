"""Charts of runs in a window: painted, hovered, clicked, brushed, zoomed, exported."""

import itertools
import math
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fakes import HeldJobs, InlineJobs
from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.run_table import RunTable
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.kinds import make_chart
from runcase.ui.theme import Scheme
from tables import numbers, sweep, table, texts

X, Y, Z, COLOR, SIZE, AXES = Role.X, Role.Y, Role.Z, Role.COLOR, Role.SIZE, Role.AXES
ACCURACY, LOSS, LR, OPTIMIZER = "metric:accuracy", "metric:val/loss", "param:lr", "param:optimizer"
BATCH, DECAY = "param:batch_size", "param:weight_decay"
DURATION = "attribute:duration"
NAMES = (OPTIMIZER, LR, BATCH, DECAY, ACCURACY)


def chart(kind, columns, **options):
    as_tuples = {role: (v,) if isinstance(v, str) else tuple(v) for role, v in columns.items()}
    return Chart("c", kind, as_tuples, options)


CHARTS = {
    "scatter": chart(ChartKind.SCATTER, {X: LR, Y: ACCURACY}, log_x=True, fit="curve"),
    "colors": chart(ChartKind.SCATTER, {X: OPTIMIZER, Y: ACCURACY, COLOR: LOSS, SIZE: BATCH}),
    "groups": chart(ChartKind.SCATTER, {X: LR, Y: ACCURACY, COLOR: OPTIMIZER}),
    "parallel": chart(ChartKind.PARALLEL, {AXES: NAMES}, log=[LR]),
    "box": chart(ChartKind.BOX, {X: OPTIMIZER, Y: ACCURACY}),
    "violin": chart(ChartKind.BOX, {X: OPTIMIZER, Y: ACCURACY}, violin=True),
    "bar": chart(ChartKind.BAR, {Y: ACCURACY}),
    "means": chart(ChartKind.BAR, {Y: ACCURACY, X: OPTIMIZER}),
    "heat": chart(ChartKind.HEAT, {X: OPTIMIZER, Y: BATCH, Z: ACCURACY}),
    "contour": chart(ChartKind.CONTOUR, {X: LR, Y: BATCH, Z: ACCURACY}, log_x=True),
    "contour texts": chart(ChartKind.CONTOUR, {X: DURATION, Y: OPTIMIZER, Z: LOSS}, log_z=True),
    "histogram": chart(ChartKind.HISTOGRAM, {X: ACCURACY, COLOR: OPTIMIZER}),
    "correlation": chart(ChartKind.CORRELATION, {AXES: NAMES}),
    "importance": chart(ChartKind.IMPORTANCE, {Y: LOSS, AXES: (LR, OPTIMIZER, BATCH)}),
}
SWEEP = sweep()


@pytest.fixture(scope="module")
def inline(qapp):
    made = InlineJobs()
    yield made
    made.close()


@pytest.fixture
def show(theme, inline, qtbot):
    """Return a function that shows a chart of some runs, r0 and r7 of them in colours."""

    def made(name, runs=SWEEP):
        spec = CHARTS[name] if isinstance(name, str) else name
        view = make_chart(theme, inline, spec)
        qtbot.addWidget(view)
        view.resize(520, 320)
        view.set_styles(styles())
        view.set_table(spec, runs)
        view.show()
        view.grab()
        return view

    return made


def styles():
    return {"r0": CurveStyle("run 0", QColor("#ff0000")), "r7": CurveStyle("run 7", QColor("blue"))}


def picture(view, *, light=False):
    """Return the chart as a file would have it."""
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    view.paint_plot(painter, QRectF(view.rect()), view.styles, light=light)
    painter.end()
    return image


def heard(signal):
    said = []
    signal.connect(lambda *values: said.append(values[0]))
    return said


def point_of(view, row):
    """Return where a run's point is."""
    frame = view.frame()
    x, y = frame.x_at(view.figure.px[row]), frame.y_at(view.figure.py[row])
    return QPoint(round(x), round(y))


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_what_it_shows_and_is_painted_alike_into_a_file(show, name):
    view = show(name)
    assert view.accessibleDescription()
    assert view.note()
    assert view.script(view.styles)().startswith('"""')
    columns = view.numbers()
    assert len({len(values) for values in columns.values()}) == 1
    window, file = view.grab().toImage(), picture(view)
    same = sum(
        window.pixelColor(x, y) == file.pixelColor(x, y)
        for x in range(0, 520, 7)
        for y in range(0, 320, 7)
    )
    assert same > 0.93 * (520 // 7) * (320 // 7)


@pytest.mark.parametrize("name", CHARTS)
def test_moving_the_mouse_over_it_paints_no_layer_anew(show, name):
    view = show(name)
    layers = view.layers
    for at in range(20, 500, 40):
        QTest.mouseMove(view, QPoint(at, 40 + at // 3))
        view.grab()
    view.set_hovered("r3")
    view.grab()
    assert view.layers == layers


ODD = {
    "none": RunTable(),
    "missing": table(*(numbers(each, [None, math.nan, None]) for each in (*NAMES, LOSS))),
    "infinite": table(*(numbers(each, [math.inf, -math.inf]) for each in (*NAMES, LOSS))),
    "one": table(*(numbers(each, [0.5]) for each in (*NAMES, LOSS))),
    "alike": table(*(numbers(each, [2.0] * 5) for each in (*NAMES, LOSS))),
    "wide": table(*(numbers(each, [1e300, -1e300, 1e-300]) for each in (*NAMES, LOSS))),
    "texts": table(*(texts(each, ["a", "b", None, "x" * 300]) for each in (*NAMES, LOSS))),
}


@pytest.mark.parametrize("runs", ODD)
@pytest.mark.parametrize("name", CHARTS)
def test_odd_runs_crash_nothing_and_an_empty_chart_says_why(show, name, runs):
    view = show(name, ODD[runs])
    if runs in ("none", "missing"):
        says = view.emptiness(view.figure)
        assert says in view.accessibleDescription()
        assert says or name in ("parallel", "correlation")
        assert view.script(view.styles)() == "" or not says
    view.set_selected(["r0"])
    picture(view, light=True)
    for at in range(0, 520, 65):
        QTest.mouseMove(view, QPoint(at, at // 2))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(at, 150))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        QTest.keyClick(view, key)
    wheel(view, 240, QPoint(200, 150))
    view.grab()
    assert view.note() or view.figure is None
    assert view.numbers() is not None


def wheel(view, turned, at):
    event = QWheelEvent(
        QPointF(at), QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, turned),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)
    return event.isAccepted()


def test_what_does_not_move_lets_the_page_scroll(show):
    taken = {name: wheel(show(name), -120, QPoint(200, 150)) for name in CHARTS}
    assert {name for name, is_taken in taken.items() if not is_taken} == {
        "parallel", "means", "importance",
    }  # fmt: skip


def test_the_note_counts_runs_that_are_nowhere(show):
    assert show("scatter").note().endswith("2 runs without a value")
    assert show("scatter").note().startswith("58 runs · ρ = 0.0")
    assert "η = " in show("colors").note()


@pytest.mark.parametrize("name", ["scatter", "box"])
def test_a_point_is_hovered_clicked_and_lit_from_elsewhere(show, name):
    view = show(name)
    hovered, clicked = heard(view.run_hovered), heard(view.run_clicked)
    before = view.grab().toImage()
    QTest.mouseMove(view, point_of(view, 7))
    assert hovered == ["r7"]
    assert view._hit.heading == "run 7"
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point_of(view, 7))
    assert clicked == ["r7"]
    QTest.mouseMove(view, QPoint(2, 2))
    assert hovered == ["r7", ""]
    view.set_hovered("r12")
    assert view.grab().toImage() != before


@pytest.mark.parametrize("name", ["scatter", "box", "colors"])
def test_shift_and_drag_brushes_a_rectangle(show, name):
    view = show(name)
    brushed = heard(view.brushed)
    shift = Qt.KeyboardModifier.ShiftModifier
    spot = point_of(view, 7)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, shift, spot - QPoint(6, 6))
    QTest.mouseMove(view, spot)
    QTest.mouseMove(view, spot + QPoint(6, 6))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, shift, spot + QPoint(6, 6))
    frame, figure = view.frame(), view.figure
    x, y = frame.px(figure.px), frame.py(figure.py)
    inside = (np.abs(x - spot.x()) <= 6) & (np.abs(y - spot.y()) <= 6)
    assert brushed == [frozenset(f"r{row}" for row in np.flatnonzero(inside))]
    assert "r7" in brushed[0]
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 300))
    assert brushed[-1] is None


def test_it_pans_zooms_about_the_mouse_and_comes_back(show):
    view = show("scatter")
    before, place = view.frame(), point_of(view, 7)
    wheel(view, 240, place)
    zoomed = view.frame()
    assert zoomed.x.high - zoomed.x.low < before.x.high - before.x.low
    assert (point_of(view, 7) - place).manhattanLength() <= 1
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(view, place + QPoint(30, 20))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place + QPoint(30, 20))
    assert (point_of(view, 7) - place - QPoint(30, 20)).manhattanLength() <= 2
    view.set_table(view.chart, SWEEP)
    assert view.zoomed()  # new data leave a zoom alone
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert view.frame().x == before.x


def test_arrow_keys_step_through_the_points(show):
    view = show("scatter")
    hovered, clicked = heard(view.run_hovered), heard(view.run_clicked)
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Return)
    order = [run for run in np.argsort(view.figure.px) if np.isfinite(view.figure.py[run])]
    assert hovered == [f"r{order[at]}" for at in (0, 1, 2, 1)]
    assert clicked == [f"r{order[1]}"]
    assert f"run {order[1]}." in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert hovered[-1] == ""


def test_what_stands_for_several_runs_selects_them_all(show):
    for name, count in (("means", 3), ("heat", 1), ("histogram", 1), ("box", 1)):
        view = show(name)
        brushed = heard(view.brushed)
        frame, figure = view.frame(), view.figure
        if name == "heat":
            row, column = np.argwhere(figure.count > 1)[0]
            spot, count = QPointF(frame.x_at(column), frame.y_at(row)), figure.count[row, column]
        elif name == "means":
            spot, count = QPointF(frame.area.left() + 5, frame.y_at(0)), figure.counts[0]
        elif name == "histogram":
            at = int(figure.counts.sum(axis=0).argmax())
            middle = figure.edges[at : at + 2].mean()
            spot, count = QPointF(frame.x_at(middle), frame.area.bottom() - 3), None
            count = int(figure.counts[:, at].sum())
        else:
            median = figure.spreads[1].median
            spot, count = QPointF(frame.x_at(1) + 18, frame.y_at(median)), figure.spreads[1].count
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot.toPoint())
        if name == "box" and not brushed:
            continue  # a run's point lies there
        assert len(brushed[0]) >= count > 0


def test_bars_scroll_and_name_every_run(show):
    view = show("bar")
    first = view.frame().y
    assert first.high == -0.5
    wheel(view, -240, QPoint(200, 150))
    assert view.frame().y.high == 1.5
    view.resize(520, 250)
    assert view.frame().y.high == 1.5  # the same bars at the top
    view.resize(520, 320)
    wheel(view, -24_000, QPoint(200, 150))
    assert view.frame().y.low == len(view.figure.labels) - 0.5
    wheel(view, 24_000, QPoint(200, 150))
    assert view.frame().y == first
    hovered = heard(view.run_hovered)
    QTest.mouseMove(view, QPoint(20, round(view.frame().y_at(1))))  # on its name
    assert hovered == [f"r{view.figure.runs[1]}"]


def test_bars_below_are_reached_by_a_bar_and_by_keys(show):
    view = show("bar")
    bar, count = view.scroll_bar, len(view.figure.labels)
    shown = view.frame().y.low - view.frame().y.high
    assert (bar.isVisible(), bar.pageStep()) == (True, round(100 * shown))
    assert (bar.value(), bar.maximum()) == (0, round(100 * (count - shown)))
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.frame().y.high == math.floor(shown) - 1.5  # one row stays in sight
    assert bar.value() == 100 * (math.floor(shown) - 1)
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.frame().y.low == count - 0.5
    bar.setValue(250)
    assert view.frame().y.high == 2.0
    QTest.keyClick(view, Qt.Key.Key_Home)
    for _ in range(math.floor(shown) + 2):
        QTest.keyClick(view, Qt.Key.Key_Down)
    row = list(view.figure.runs).index(view.row_of(view.hovered))
    assert row == math.floor(shown) + 1
    assert view.frame().y.low == row + 0.5  # the run that is stepped to is in sight
    assert not show("means").scroll_bar.isVisible()


def test_a_cell_and_a_bar_ask_for_the_scatter(show):
    view = show("correlation")
    wanted = heard(view.wanted)
    frame = view.frame()
    QTest.mouseClick(
        view, Qt.MouseButton.LeftButton, pos=QPoint(round(frame.x_at(0)), round(frame.y_at(1)))
    )
    assert (wanted[0].kind, wanted[0].name(X), wanted[0].name(Y)) == (
        ChartKind.SCATTER, LR, ACCURACY,
    )  # fmt: skip
    view = show("importance")
    wanted = heard(view.wanted)
    frame = view.frame()
    QTest.mouseClick(
        view,
        Qt.MouseButton.LeftButton,
        pos=QPoint(int(frame.area.left()) + 4, round(frame.y_at(0))),
    )
    assert wanted[0].name(Y) == LOSS


def axis_of(view, name):
    return next(slot for slot in view._slots if slot.name == name)


def drag(view, start, end):
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start.toPoint())
    QTest.mouseMove(view, ((start + end) / 2).toPoint())
    QTest.mouseMove(view, end.toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end.toPoint())


def test_axes_are_brushed_together_and_a_click_takes_a_brush_off(show):
    view = show("parallel")
    brushed = heard(view.brushed)
    lr, accuracy = axis_of(view, LR), axis_of(view, ACCURACY)
    drag(view, QPointF(lr.x, lr.y(0.9)), QPointF(lr.x, lr.y(0.4)))
    shares = {axis.name: axis.shares for axis in view.figure.axes}
    low, high = view.brushes()[LR]
    assert (low, high) == (pytest.approx(0.4, abs=0.01), pytest.approx(0.9, abs=0.01))
    inside = (shares[LR] >= low) & (shares[LR] <= high)
    assert brushed[-1] == {f"r{row}" for row in np.flatnonzero(inside)}
    drag(view, QPointF(accuracy.x, accuracy.y(0.5)), QPointF(accuracy.x, accuracy.y(1.0)))
    both = inside & (shares[ACCURACY] >= view.brushes()[ACCURACY][0])
    assert brushed[-1] == {f"r{row}" for row in np.flatnonzero(both)}
    assert f"{both.sum()} runs in the brush" in view.note()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(lr.x), round(lr.y(0.6))))
    assert list(view.brushes()) == [ACCURACY]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.brushes() == {}
    assert brushed[-1] is None
    view.brush(LR, 0.1, 0.2)
    told = len(brushed)
    view.clear_brush()
    assert (view.brushes(), len(brushed)) == ({}, told)


def test_axes_are_moved_turned_made_logarithmic_and_removed(show):
    view = show("parallel")
    edited = heard(view.edited)
    grabbed, aim = axis_of(view, OPTIMIZER).title.center(), axis_of(view, BATCH).title.center()
    drag(view, grabbed, aim + QPointF(20, 0))
    assert edited[-1].names(AXES) == (LR, BATCH, OPTIMIZER, DECAY, ACCURACY)
    view.brush(LR, 0.0, 0.5)
    menu = view.axis_menu(LR)
    texts_of = {action.text(): action for action in menu.actions() if action.text()}
    assert texts_of["Log Axis"].isChecked()
    texts_of["Log Axis"].trigger()
    assert edited[-1].options["log"] == []
    assert view.brushes() == {}  # its shares were those of the other scale
    before = view.figure.axes[0].shares
    view.toggle("inverted", LR)
    assert view.figure.axes[0].shares == pytest.approx(1 - before)
    view.move_axis(LR, 3)
    view.remove_axis(DECAY)
    assert edited[-1].names(AXES) == (BATCH, OPTIMIZER, LR, ACCURACY)
    assert not view.axis_menu(OPTIMIZER).actions()[0].isEnabled()  # a text has no logarithm


def test_a_context_menu_elsewhere_is_the_cards(show):
    view = show("parallel")
    at = QPoint(5, 315)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, event)
    assert not event.isAccepted()


@pytest.mark.parametrize("share", [0.1, 0.3, 0.45, 0.7, 0.9])
def test_a_curve_is_hovered_where_it_passes(show, share):
    runs = table(
        numbers("metric:a", [0.0, 1.0, None]),
        numbers("metric:b", [1.0, 0.1, 0.0]),
        numbers("metric:c", [0.5, 0.0, 1.0]),
    )
    view = show(chart(ChartKind.PARALLEL, {AXES: ("metric:a", "metric:b", "metric:c")}), runs)
    hovered = heard(view.run_hovered)
    for row in range(3):
        QTest.mouseMove(view, view._paths[row].pointAtPercent(share).toPoint())
        assert hovered[-1] == f"r{row}"


def test_titles_that_do_not_fit_are_elided_and_whole_in_their_tip(show):
    names = [f"param:a_very_long_name_of_a_hyperparameter_{at}" for at in range(6)]
    runs = table(*(numbers(name, [1.0, 2.0]) for name in names))
    view = show(chart(ChartKind.PARALLEL, {AXES: names}), runs)
    tips = [slot.tip for slot in view._slots]
    assert tips == [name.removeprefix("param:") for name in names]
    boxes = [slot.title for slot in view._slots]
    for left, right in itertools.pairwise(boxes):
        assert left.right() <= right.left()


def test_many_points_are_stamped_and_found(show):
    random = np.random.default_rng(1)
    count = 20_000
    runs = table(
        numbers("metric:a", random.normal(size=count)),
        numbers("metric:b", random.normal(size=count)),
    )
    view = show(chart(ChartKind.SCATTER, {X: "metric:a", Y: "metric:b"}), runs)
    hovered = heard(view.run_hovered)
    far = int(view.figure.px.argmax())
    QTest.mouseMove(view, point_of(view, far))
    assert hovered == [f"r{far}"]
    seen = view.grab().toImage().pixelColor(point_of(view, far))
    assert seen != view.theme.color("surface")


def test_a_forest_without_scikit_learn_says_what_to_install(show, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)  # as where it is not installed
    spec = chart(ChartKind.IMPORTANCE, {Y: LOSS, AXES: (LR,)}, method="forest")
    view = show(spec)
    assert "pip install scikit-learn" in view.emptiness(view.figure)


def test_an_answer_that_was_overtaken_is_dropped(theme, qtbot, qapp):
    jobs = HeldJobs()
    view = make_chart(theme, jobs, CHARTS["scatter"])
    qtbot.addWidget(view)
    view.set_table(CHARTS["scatter"], SWEEP)
    view.set_table(CHARTS["scatter"], sweep(9))
    jobs.release_all()
    assert len(view.figure.px) == 9
    jobs.close()


@pytest.mark.parametrize("name", CHARTS)
def test_while_fewer_runs_are_computed_the_old_ones_stay_whole(theme, qtbot, qapp, name):
    jobs = HeldJobs()
    view = make_chart(theme, jobs, CHARTS[name])
    qtbot.addWidget(view)
    view.resize(520, 320)
    view.set_table(CHARTS[name], SWEEP)
    jobs.release_all()
    view.show()
    view.set_table(CHARTS[name], sweep(9))
    view.set_styles({f"r{at}": CurveStyle("x", QColor("red")) for at in range(70)})
    view.set_selected(["r50"])
    for at in range(0, 520, 40):
        QTest.mouseMove(view, QPoint(at, at // 2))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(at, 140))
    QTest.keyClick(view, Qt.Key.Key_Right)
    view.grab()
    assert len(view.table) == 60
    jobs.release_all()
    view.grab()
    assert len(view.table) == 9
    jobs.close()


def test_dark_and_doubled_it_is_still_whole(show, theme):
    view = show("scatter")
    light = view.grab().toImage()
    theme.set_scheme(Scheme.DARK)
    assert view.grab().toImage().pixelColor(300, 5) != light.pixelColor(300, 5)
    assert picture(view, light=True).pixelColor(300, 160).lightness() > 200
    theme.set_zoom(2.0)
    frame = view.frame()
    assert frame.area.width() > 300
    assert frame.area.bottom() < view.height() - 2 * view.fontMetrics().height() * 0.7
