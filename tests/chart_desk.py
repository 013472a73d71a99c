"""The charts of an experiment, and the hands of who works with them."""

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest

import driving
from driving import trigger
from runcase.ui.location import Location, Place

CURVES = "metric:val-rmse"


class Desk:
    """The charts of an experiment, in a window of their own."""

    def __init__(self, qtbot, application, database, experiment="1"):
        self.qtbot, self.application = qtbot, application
        self.window = driving.open_store(qtbot, application, database)
        self.window.go(Location(Place.EXPERIMENT, experiment))
        self.settle()
        self.do("mode-charts")
        self.page = self.window.page
        self.panel = self.page.charts.panel

    def settle(self):
        driving.settle(self.qtbot, self.application)

    def do(self, action):
        trigger(self.window, action)
        self.settle()

    def chart(self, chart_id=CURVES):
        self.panel.grid.scroll_to(chart_id)
        self.settle()
        return self.panel.grid.cards[chart_id].view

    def spot(self, chart, x, y):
        """Return where a point of the axes is on the plot's viewport."""
        scene = chart.canvas.box.mapViewToScene(QPointF(x, y))
        return chart.canvas.plot.mapFromScene(scene)

    def move(self, chart, at):
        QTest.mouseMove(chart.canvas.plot.viewport(), at + QPoint(3, 3))
        QTest.mouseMove(chart.canvas.plot.viewport(), at)
        self.qtbot.waitUntil(lambda: chart.crosshair.tip.isVisible(), timeout=driving.GUARD_MS)
        self.settle()
