"""Add Chart and Edit Chart: kinds, columns by typing, ticks in order, what is missing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.ui.dialogs.chart_columns import ChartDialog, ChartOffer

COLUMNS = ("metric:acc", "metric:loss", "param:lr", "param:optimizer", "attribute:duration")
OFFER = ChartOffer(COLUMNS, images=("samples/dogs",))


@pytest.fixture
def open_dialog(theme, qtbot):
    def made(chart=None, offer=OFFER):
        dialog = ChartDialog(theme, offer, chart)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return made


def heard(signal):
    said = []
    signal.connect(said.append)
    return said


def test_a_new_chart_is_a_scatter_of_likely_columns(open_dialog):
    dialog = open_dialog()
    made = heard(dialog.made)
    dialog.accept_button.click()
    assert made == [
        Chart("", ChartKind.SCATTER, {Role.X: ("param:lr",), Role.Y: ("metric:acc",)}, {})
    ]
    assert not dialog.isVisible()


def test_a_column_is_found_by_any_part_of_its_name(open_dialog):
    dialog = open_dialog()
    field = dialog.field(Role.COLOR)
    popup = field.completer()
    popup.setCompletionPrefix("optim")  # typed, it would open a popup, which offscreen complains of
    assert popup.completionCount() == 1
    assert popup.currentCompletion() == "params.optimizer"
    field.setFocus()
    QTest.keyClick(field.lineEdit(), Qt.Key.Key_Return)
    assert dialog.isVisible()
    field.choose("param:optimizer")
    assert dialog.chart().name(Role.COLOR) == "param:optimizer"
    field.choose("")
    assert Role.COLOR not in dialog.chart().columns


@pytest.mark.parametrize("kind", ChartKind)
def test_every_kind_has_its_form(open_dialog, kind):
    dialog = open_dialog()
    dialog.choose_kind(kind)
    assert dialog.missing() == ""
    assert dialog.chart().kind is kind
    dialog.grab()


def test_ticks_keep_their_order(open_dialog):
    dialog = open_dialog()
    dialog.choose_kind(ChartKind.PARALLEL)
    ticks = dialog.field(Role.AXES)
    assert ticks.chosen() == ("param:lr", "param:optimizer", "metric:acc")
    ticks.tick("param:lr", False)
    ticks._search.setText("lr")
    assert ticks._model.rowCount() == 1
    ticks.tick("param:lr", True)
    assert dialog.chart().names(Role.AXES) == ("param:optimizer", "metric:acc", "param:lr")


def test_what_was_chosen_stays_where_another_kind_has_a_place_for_it(open_dialog):
    dialog = open_dialog()
    dialog.field(Role.Y).choose("metric:loss")
    dialog.title.setText("Mine")
    dialog.choose_kind(ChartKind.BOX)
    chart = dialog.chart()
    assert (chart.name(Role.Y), chart.name(Role.X), chart.title) == (
        "metric:loss", "param:lr", "Mine",
    )  # fmt: skip
    dialog.choose_kind(ChartKind.LINE)
    assert dialog.chart().names(Role.Y) == ("acc",)


def test_switches_that_exclude_each_other_do(open_dialog):
    dialog = open_dialog()
    dialog.switch("Fit Line").click()
    dialog.switch("Log X").click()
    assert dialog.chart().options == {"log_x": True, "fit": "line"}
    dialog.switch("Fit Curve").click()
    assert not dialog.switch("Fit Line").isChecked()
    assert dialog.chart().options == {"log_x": True, "fit": "curve"}


def test_it_says_what_is_missing(open_dialog):
    dialog = open_dialog(offer=ChartOffer(()))
    made = heard(dialog.made)
    dialog.accept_button.click()
    assert made == []
    assert dialog._said.text() == "Choose X."


def test_a_chart_is_edited_with_what_it_had(open_dialog):
    chart = Chart(
        "c7",
        ChartKind.SCATTER,
        {Role.X: ("tag:gone",), Role.Y: ("metric:loss",)},
        {"log_y": True, "only_shown": True},
        "Mine",
    )
    dialog = open_dialog(chart)
    assert dialog.windowTitle() == "Edit Chart"
    assert dialog.accept_button.text() == "Apply"
    assert dialog.chart() == chart


def test_bars_may_be_of_the_least_value(open_dialog):
    dialog = open_dialog()
    dialog.choose_kind(ChartKind.BAR)
    field = dialog.field(Role.Y)
    assert field.findData("metric(min):loss") > 0
    field.choose("metric(min):loss")
    assert dialog.title.placeholderText() == "min loss"
    assert field.findData("param:lr") > 0
    assert field.findData("tag:a") < 0


def test_thousands_of_columns_open_at_once(open_dialog):
    many = ChartOffer([f"metric:m{at}" for at in range(2_000)])
    dialog = open_dialog(offer=many)
    for kind in (ChartKind.CORRELATION, ChartKind.PARALLEL, ChartKind.BAR):
        dialog.choose_kind(kind)
    assert dialog.field(Role.Y).count() == 2_000
