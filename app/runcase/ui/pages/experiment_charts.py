"""The charts of an experiment's page: what they are fed, and how they and the table are linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.store.frame import MISSING
from runcase.store.records import ColumnKey, Kind
from runcase.ui.location import Location, Place
from runcase.ui.plots.deferred import ChartedRun, DeferredCharts

if TYPE_CHECKING:
    from runcase.ui.pages.experiment import ExperimentPage

# Charts draw at most so many runs: the shown ones first, then the selected ones.
MAX_CHARTED = 1_000
# Attributes that charts can show beside params, metrics and tags.
_ATTRIBUTES = (
    titles.STARTED,
    titles.DURATION,
    titles.STATUS,
    titles.PARENT,
    ColumnKey(Kind.ATTRIBUTE, "user_id"),
)


class ExperimentCharts:
    """A part of `ExperimentPage`, made in its constructor."""

    def __init__(self, page: ExperimentPage) -> None:
        self._page = page
        self.charts = DeferredCharts(page.context, page.session)
        self.charts.run_clicked.connect(self._clicked)
        self.charts.run_hovered.connect(page.view.set_hovered)
        self.charts.brushed.connect(self._brushed)
        self.charts.kept.connect(self._keep)
        self.charts.artifact_wanted.connect(self._open_artifact)
        self.charts.opened.connect(self._open)
        self.charts.toggled.connect(lambda run_id: page.colors.toggle([run_id]))
        self.charts.colored.connect(lambda run_id, at: page.colors.set_index([run_id], at))
        self.charts.dropped.connect(self._show)
        self.charts.options_changed.connect(page.noted)
        self.charts.said.connect(page.said)
        page.view.hovered.connect(self.charts.set_hovered)

    def charted(self) -> list[str]:
        """Return the runs in charts: those shown that match, then the selected ones.

        Of a selection too large to be charted nothing is: any part of it would mislead.
        """
        page, frame = self._page, self._page.runs.frame
        if frame is None:
            return []
        rows = frame.ids.rows_of(page.colors.shown())
        rows = rows[rows >= 0]
        mask = page.runs.arrangement.mask if page.runs.arrangement is not None else None
        shown = frame.ids.take(rows if mask is None else rows[mask[rows]])
        more = [run_id for run_id in self._few_selected() if page.colors.index(run_id) is None]
        return (shown + more)[:MAX_CHARTED]

    def feed(self) -> None:
        """Hand the table's state to the charts."""
        page, frame = self._page, self._page.runs.frame
        if frame is None or page.mode == "table":
            return
        charted = []
        ids = self.charted()
        for run_id, row in zip(ids, frame.ids.rows_of(ids).tolist(), strict=True):
            if row < 0:
                continue
            start = int(frame.start_time[row])
            name = frame.text("run_name", row) or formats.short_id(run_id)
            color = page.runs.run_color(run_id)
            charted.append(ChartedRun(run_id, name, color, None if start == MISSING else start))
        metrics = [key.key for key in page.loader.keys if key.kind is Kind.METRIC]
        self.charts.feed(metrics, charted, self._few_selected())
        self._feed_table()

    def _feed_table(self) -> None:
        """Hand on the runs that match the filter and are not hidden, in the frame's own order."""
        page = self._page
        frame, arrangement = page.runs.frame, page.runs.arrangement
        if frame is None or arrangement is None:
            return
        mask = arrangement.mask
        rows = np.arange(len(frame)) if mask is None else np.flatnonzero(mask)
        hidden = page.loader.wish.hidden
        if hidden:
            left_out = frame.ids.rows_of(list(hidden))
            rows = np.setdiff1d(rows, left_out[left_out >= 0], assume_unique=True)
        kinds = (Kind.PARAM, Kind.METRIC, Kind.TAG, Kind.DATASET)
        keys = [key for kind in kinds for key in page.loader.keys if key.kind is kind]
        columns = tuple(titles.encode(key) for key in (*keys, *_ATTRIBUTES))
        self.charts.feed_table(frame, rows, columns, page.loader.wish.experiment_tags)

    def _few_selected(self) -> list[str]:
        selected = self._page.view.selected_ids(MAX_CHARTED + 1)
        return selected if len(selected) <= MAX_CHARTED else []

    def _clicked(self, run_id: str) -> None:
        if run_id:
            self._page.view.select([run_id], run_id)

    def _brushed(self, run_ids: frozenset[str] | None) -> None:
        """Select what is brushed in the table, where it stands out as in all charts."""
        self._page.view.select(sorted(run_ids or ()))

    def _open_artifact(self, run_id: str, path: str) -> None:
        self._page.went.emit(Location(Place.RUN, run_id, "artifacts", path), False)

    def _open(self, run_id: str) -> None:
        self._page.went.emit(Location(Place.RUN, run_id), False)

    def _show(self, run_ids: list[str]) -> None:
        """Show the runs that were dropped, as far as they are of these experiments."""
        frame = self._page.runs.frame
        here = [each for each in run_ids if frame is not None and frame.row_of(each) is not None]
        self._page.colors.show(here)
        if len(here) < len(run_ids):
            missing = formats.counted(len(run_ids) - len(here), "run")
            self._page.said.emit(f"Not of these experiments: {missing}.", True)

    def _keep(self, run_ids: frozenset[str]) -> None:
        colors = self._page.colors
        colors.hide([run_id for run_id in colors.shown() if run_id not in run_ids])
        colors.show(sorted(run_ids))
