"""The image grid: logged images of the shown runs beside each other, with a slider over steps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QLabel, QSlider, QStackedLayout, QVBoxLayout, QWidget

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import cells, column
from runcase.curves.scripts.images import ImageFile, images_script
from runcase.errors import RuncaseError
from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.session.session import Session
from runcase.store.logged_images import RunImages, find_images
from runcase.ui.context import Context
from runcase.ui.plots.chart_view import CurveStyle, Key, RunsChart
from runcase.ui.plots.image_tiles import Grid, ImageTiles
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.thumbnails import Thumbnails
from runcase.ui.widgets.basics import label, row

# Beyond it nobody compares, and a folder is listed for each.
MOST_RUNS = 200


class ImagesChart(RunsChart):
    """A row for each key, a column for each shown run; `image_opened` carries run id and path."""

    image_opened = Signal(str, str)

    def __init__(
        self, context: Context, session: Session, chart: Chart, parent: QWidget | None = None
    ) -> None:
        super().__init__(context.theme, chart, parent)
        self._context, self._session = context, session
        self._found: dict[str, RunImages] = {}
        self._looked: tuple[str, ...] | None = None
        self._steps: list[int] = []
        self._step: int | None = None
        self._problem = ""
        self.thumbnails = Thumbnails(context, self)
        self.tiles = ImageTiles(context.theme, self.thumbnails)
        self.tiles.opened.connect(self.image_opened)
        self.tiles.hovered.connect(self._hover)
        self.tiles.stepped.connect(self._step_by)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Step")
        self.slider.valueChanged.connect(self._slid)
        self._said: QLabel = label("", "small-muted")
        self._empty = label("", "small-muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._foot = QWidget()
        self._foot.setLayout(row(label("Step", "small"), self.slider, self._said))
        self._foot.layout().setContentsMargins(10, 4, 10, 4)  # type: ignore[union-attr]
        self._foot.setBackgroundRole(QPalette.ColorRole.Base)
        self._foot.setAutoFillBackground(True)
        both = QWidget()
        inner = QVBoxLayout(both)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.tiles, 1)
        inner.addWidget(self._foot)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        self._say("Looking for images …")

    def rebuild(self) -> None:
        self._looked = None
        self.thumbnails.forget_problems()
        self._look()

    def restyle(self) -> None:
        """Show the shown runs; those that were not looked through yet are."""
        self.tiles.styles = self.styles
        self.tiles.lit = self.selected | {self.hovered}
        self._look()

    def step(self) -> int:
        """Return the step that is shown."""
        at = self.slider.value()
        return self._steps[at] if at < len(self._steps) else 0

    def set_step(self, step: int) -> None:
        """Show the first logged step that is no smaller, or the last one."""
        if self._steps:
            self.slider.setValue(min(bisect_left(self._steps, step), len(self._steps) - 1))

    def keys(self) -> tuple[str, ...]:
        """Return the keys of the rows: those of the chart, or all there are."""
        every = sorted({key for found in self._found.values() for key in found.images})
        chosen = self.chart.names(Role.AXES)
        return chosen or tuple(every)

    def note(self) -> str:
        if not self._found:
            return ""
        keys, runs = len(self.keys()), len(self.tiles.grid.runs)
        words = [formats.counted(keys, "key"), formats.counted(runs, "run")]
        without = sum(not found.images for found in self._found.values())
        if without:
            words.append(f"{formats.counted(without, 'run')} without images")
        if len(self._shown()) > MOST_RUNS:
            words.append(f"the first {MOST_RUNS} of {len(self._shown()):,} shown runs")
        return " · ".join(words)

    def legend(self, *, light: bool = False) -> list[Key]:
        return []

    def plot_size(self) -> tuple[int, int]:
        if not self.tiles.grid.keys:
            return max(200, self.width()), max(100, self.height())
        size = self.tiles.whole_size()
        return size.width(), size.height()

    def paint_plot(
        self,
        painter: QPainter,
        target: QRectF,
        styles: Mapping[str, CurveStyle],
        *,
        light: bool,
        scale: float = 1.0,
    ) -> None:
        ink = Ink(painter, self.theme, styles, light, vector=True)
        painter.save()
        painter.translate(target.topLeft())
        inside = QRectF(0, 0, target.width(), target.height())
        if self.tiles.grid.keys:
            self.tiles.paint(ink, QPointF(0, 0), inside)
        else:
            painter.setFont(ink.font("small"))
            painter.setPen(ink.color("muted"))
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, self._empty.text())
        painter.restore()

    def numbers(self) -> dict[str, Sequence[Any]]:
        rows = [
            (run_id, name, key, image)
            for run_id, name in self.tiles.grid.runs
            for key in self.keys()
            for image in self._found.get(run_id, RunImages({})).images.get(key, ())
        ]
        return {
            "run_id": [run_id for run_id, _, _, _ in rows],
            "run": [name for _, name, _, _ in rows],
            "key": [key for _, _, key, _ in rows],
            "step": [image.step for _, _, _, image in rows],
            "timestamp": [image.timestamp for _, _, _, image in rows],
            "artifact": [image.path for _, _, _, image in rows],
        }

    def script(self, styles: Mapping[str, CurveStyle]) -> Callable[[], str]:
        grid = self.tiles.grid
        files = [
            ImageFile(row, place, image.file or image.small, image.step)
            for row, key in enumerate(grid.keys)
            for place, (run_id, _) in enumerate(grid.runs)
            if (image := grid.image(key, run_id)) is not None
        ]
        if not files:
            return lambda: ""
        return partial(images_script, grid.keys, [name for _, name in grid.runs], files)

    def _shown(self) -> list[int]:
        """Return the rows of the shown runs, in the table's order."""
        return [at for at, run_id in enumerate(self.table.run_ids) if str(run_id) in self.styles]

    def _look(self) -> None:
        """List the pictures of the shown runs, unless these are listed already."""
        rows = self._shown()[:MOST_RUNS]
        wanted = tuple(str(self.table.run_ids[at]) for at in rows)
        if wanted == self._looked:
            self._show()
            return
        self._looked = wanted
        uris = cells(column(self.table, titles.encode(titles.ARTIFACTS)))
        runs = [(str(self.table.run_ids[at]), str(uris[at] or "")) for at in rows]
        self._context.jobs.submit(
            partial(find_images, self._session.finder, runs),
            owner=self,
            then=self._arrived,
            failed=self._failed,
            key="images",
            lane="files",
        )

    def _arrived(self, found: dict[str, RunImages]) -> None:
        self._found, self._problem = found, ""
        steps = {
            image.step for each in found.values() for some in each.images.values() for image in some
        }
        before = self._step
        self._steps = sorted(steps)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(self._steps) - 1))
        self.slider.setValue(len(self._steps) - 1)
        if before is not None:
            self.set_step(before)
        self.slider.blockSignals(False)
        self._show()
        self.drawn.emit()

    def _failed(self, error: RuncaseError) -> None:
        self._found, self._looked = {}, None
        self._problem = str(error)
        self._show()
        self.drawn.emit()

    def _show(self) -> None:
        names = {str(self.table.run_ids[at]): str(self.table.names[at]) for at in self._shown()}
        runs = tuple((run_id, names[run_id]) for run_id in self._looked or () if run_id in names)
        has_images = any(found.images for found in self._found.values())
        keys = self.keys() if has_images else ()
        self.tiles.show_grid(Grid(keys, runs, self._found, self.step()))
        self._foot.setVisible(len(self._steps) > 1)
        last = self._steps[-1] if self._steps else 0
        self._said.setText(f"{self.step():,} of {last:,}")
        self._say("" if has_images else self._why())
        said = f"Images at step {self.step()}, {self.note()}" if has_images else self._empty.text()
        self.setAccessibleDescription(said)

    def _why(self) -> str:
        if self._problem:
            return self._problem
        if not self.styles:
            return "No run is shown in charts."
        if not self._found:
            return "Looking for images …"
        problems = {found.problem for found in self._found.values()}
        if all(problems):
            return "\n".join(sorted(problems)[:3])
        # What is wrong with some says nothing of the others, whose folders were looked through.
        return "None of the shown runs has images of mlflow.log_image."

    def _say(self, text: str) -> None:
        self._empty.setText(text)
        self._stack.setCurrentIndex(1 if text else 0)

    def _slid(self) -> None:
        self._step = self.step()
        self._show()

    def _step_by(self, by: int) -> None:
        self.slider.setValue(self.slider.value() + by)

    def _hover(self, run_id: str) -> None:
        if run_id != self.hovered:
            self.set_hovered(run_id)
            self.run_hovered.emit(run_id)
