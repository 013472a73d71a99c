"""The runs table on a big store, without a window around it, and the same view over constants."""

import statistics
import time

from PySide6.QtWidgets import QApplication

from runcase.itemmodels.arrangement import arrange
from runcase.itemmodels.run_cells import Cell
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.selection import RunColors
from runcase.itemmodels.wish import Wish
from runcase.store import frame as frames
from runcase.store.engine import Store
from runcase.store.records import Kind, Lifecycle
from runcase.ui.widgets.runs_view import RunsView

SIZE = (1440, 900)


class Constants(RunsModel):
    """As many rows, each cell of which is the same: what painting alone costs."""

    def cell(self, row, key):
        return Cell("0.1234", False, False, False, 0.5, True)

    def frame_row(self, row):
        return row

    def run_id(self, row):
        return "constant"

    def name(self, row):
        return "constant-run-name"

    def status(self, row):
        return "FINISHED"

    def depth(self, row):
        return 0

    def child_count(self, row):
        return 0

    def is_context(self, row):
        return False

    def is_deleted(self, row):
        return False

    def color_index(self, row):
        return None


def read(path, experiment_ids, wanted):
    """Return the frame of a store with so many metrics and params loaded, and their keys."""
    store = Store.open(path)
    with store.read() as connection:
        frame = frames.load(connection, experiment_ids, Lifecycle.ACTIVE)
        every = frames.keys(connection, experiment_ids, frame.ids)
        keys = [key for kind in (Kind.METRIC, Kind.PARAM) for key in every if key.kind is kind]
        metrics = [key for key in keys if key.kind is Kind.METRIC][: wanted // 2]
        params = [key for key in keys if key.kind is Kind.PARAM][: wanted - len(metrics)]
        frames.load_columns(connection, frame, metrics + params)
    store.close()
    return frame, metrics + params


def shown(theme, model, frame, keys, **wish):
    """Return a view on the screen, every row of the frame in it."""
    model.set_columns(keys)
    model.show(arrange(frame, Wish(model.columns, **wish)))
    view = RunsView(theme, model)
    view.resize(*SIZE)
    view.show()
    repaint(view)
    return view


def new_model(kind=RunsModel):
    return kind(RunColors())


def repaint(view):
    """Paint all cells and wait for it."""
    view.repaint_all()
    QApplication.processEvents()


def timed(work, rounds=7):
    """Return the median seconds of some work."""
    found = []
    for at in range(rounds):
        began = time.perf_counter()
        work(at)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def say(what, ours, floor, at_most, floor_name):
    print(
        f"\n{what}: {ours * 1000:.1f} ms, {floor_name} {floor * 1000:.1f} ms, "
        f"ratio {ours / floor:.2f} (at most {at_most})"
    )
