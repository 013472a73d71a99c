"""What is painted of the lines of a chart: made on a worker thread, so that the window need not.

300 curves take 0.1 s to be made into paths and 0.05 s to be painted, at each move of the mouse.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen

from runcase.curves.drawing import Drawn, Line
from runcase.curves.series import Floats
from runcase.ui.plots.chart_view import CurveStyle, group_id
from runcase.ui.plots.spots_item import Shape, Spots

# Beyond this many curves antialiasing costs more than it shows.
ANTIALIASED = 40
# Beyond this many curves and points a worker paints an image: fewer take 5 ms, an image longer.
_IMAGE_POINTS = 30_000
# So many curves of one look are one path: a longer one holds other threads up while it is painted.
_TOGETHER = 8
_RAW_ALPHA, _FAINT_ALPHA, _BAND_ALPHA = 70, 56, 44
WIDE = 2.4
# So many curves are drawn wide at most: a wide one costs as much as ten.
MOST_WIDE = 24
# Dashes of a wide line are drawn one by one; of more points that would take too long.
DASHED = 1_500
# What tells the metrics of one chart apart: solid, dashed, dotted, dash and dot.
_DASHES: tuple[tuple[int, ...], ...] = ((), (6, 3), (2, 3), (6, 3, 2, 3))

_Path: TypeAlias = tuple[QPainterPath, QColor, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class LineLooks:
    """What lines look like; frozen, for a worker thread.

    Attributes:
        styles: Of runs and groups.
        grouped: Whether runs are summed up.
        names: The chart's metrics: the second is dashed, the third dotted.
        plain: The colour of a line without a style.
        raw: Whether the raw line stands behind a smoothed one.
        selected: The runs whose lines stand out.
    """

    styles: Mapping[str, CurveStyle]
    grouped: bool
    names: tuple[str, ...]
    plain: QColor
    raw: bool
    selected: frozenset[str]

    def look_of(self, line: Line) -> tuple[QColor, tuple[int, ...]]:
        """Return a line's colour and dashes."""
        style = style_of(line, self.styles, self.grouped, self.names)
        return (self.plain, ()) if style is None else (style.color, style.dashes)


@dataclass(frozen=True, slots=True)
class Pixels:
    """The area that an image is painted of: its ends in the axes' units, its size in pixels.

    Attributes:
        ratio: Device pixels to a pixel.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    width: float
    height: float
    ratio: float

    def rect(self) -> QRectF:
        """Return the area in the axes' units."""
        return QRectF(self.x[0], self.y[0], self.x[1] - self.x[0], self.y[1] - self.y[0])


@dataclass(frozen=True, slots=True, eq=False)
class LinePicture:
    """Paths and marks to paint, or an image of them.

    Attributes:
        paths: In the order of painting, with colours and dashes.
        areas: What is painted before.
        smooth: Whether lines are antialiased.
        bounds: Of all of it, in the axes' units.
        image: Of many curves, None of few; the selected ones are wide in it.
        seen: The area that the image shows, in the axes' units.
        looks: What it was painted with, None for nothing.
    """

    paths: tuple[_Path, ...] = ()
    areas: tuple[tuple[QPainterPath, QColor], ...] = ()
    smooth: bool = True
    bounds: QRectF = field(default_factory=QRectF)
    spots: tuple[Spots, ...] = ()
    image: QImage | None = None
    seen: QRectF = field(default_factory=QRectF)
    looks: LineLooks | None = None


def style_of(
    line: Line, styles: Mapping[str, CurveStyle], grouped: bool, names: tuple[str, ...]
) -> CurveStyle | None:
    """Return a line's style, None where neither its run nor its group has one; see `LineLooks`."""
    style = styles.get(line.run_id)
    if grouped:
        style = styles.get(group_id(line.group), style)
    if style is None or len(names) < 2 or line.name not in names:
        return style
    return replace(style, dashes=dashes_of(names.index(line.name)))


def dashes_of(place: int) -> tuple[int, ...]:
    """Return the dashes of a chart's metric by its place among them."""
    return _DASHES[place % len(_DASHES)]


def is_many(drawn: Sequence[Drawn]) -> bool:
    """Say whether there are so many curves that an image is painted of them."""
    curves = sum(not each.line.faint for each in drawn) + len(drawn) // 2
    return curves > ANTIALIASED and sum(len(each.x) for each in drawn) > _IMAGE_POINTS


def picture_of(
    drawn: Sequence[Drawn],
    looks: LineLooks,
    pixels: Pixels | None = None,
    check: Callable[[], object] = lambda: None,
) -> LinePicture:
    """Return what is painted of lines.

    Args:
        drawn: The lines, reduced to the pixels.
        looks: Their looks.
        pixels: What an image is painted of where there are many lines; None for paths alone.
        check: Called often; what it raises ends the work.
    """
    paths = []
    for color, dashes, parts in _batches(drawn, looks):
        check()
        paths.append((_path_of(parts), color, dashes))
    areas = []
    for each in drawn:
        band = each.line.band
        if band is not None:
            color = faded(looks.look_of(each.line)[0], _BAND_ALPHA)
            areas.append((_outline(band.x, band.low, band.high), color))
    bounds = QRectF()
    for path in (*(path for path, *_ in paths), *(path for path, _ in areas)):
        bounds = bounds.united(path.controlPointRect())
    smooth = sum(not each.line.faint for each in drawn) <= ANTIALIASED
    spots = [spot for each in drawn for spot in _spots(each, looks)]
    made = LinePicture(tuple(paths), tuple(areas), smooth, bounds, tuple(spots), looks=looks)
    if pixels is None or not is_many(drawn) or min(pixels.width, pixels.height) < 1:
        return made
    seen = pixels.rect()
    image = _image_of(made, _chosen(drawn, looks), pixels, check)
    return replace(made, image=image, seen=seen, bounds=bounds.united(seen))


def paint_paths(
    painter: QPainter,
    picture: LinePicture,
    wide: float,
    check: Callable[[], object] = lambda: None,
) -> None:
    """Paint areas and strokes; `wide` is a line's width in pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, picture.smooth or wide > 1)
    painter.setPen(Qt.PenStyle.NoPen)
    for path, color in picture.areas:
        painter.fillPath(path, QBrush(color))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for path, color, dashes in picture.paths:
        check()
        painter.setPen(cosmetic(color, wide, dashes))
        painter.drawPath(path)


def cosmetic(color: QColor, wide: float, dashes: tuple[int, ...] = ()) -> QPen:
    """Return a pen of a width in pixels, whatever the zoom."""
    pen = QPen(color)
    pen.setCosmetic(True)
    pen.setWidthF(wide)
    if dashes:
        pen.setDashPattern([float(each) for each in dashes])
    return pen


def faded(color: QColor, alpha: int) -> QColor:
    """Return a colour that lets through what is behind it; `alpha` of 255."""
    shade = QColor(color)
    shade.setAlpha(alpha)
    return shade


def _batches(
    drawn: Sequence[Drawn], looks: LineLooks
) -> Iterator[tuple[QColor, tuple[int, ...], list[tuple[Floats, Floats]]]]:
    """Yield lines of one look, a few together.

    Raw and faint ones come first, which stand behind; then those without a colour of their own,
    which are selected and not shown: after the others they would hide them.
    """
    behind: dict[Any, list[tuple[Floats, Floats]]] = {}
    between: dict[Any, list[tuple[Floats, Floats]]] = {}
    before: dict[Any, list[tuple[Floats, Floats]]] = {}
    for each in drawn:
        color, dashes = looks.look_of(each.line)
        if looks.raw and len(each.raw_x):
            raw = faded(color, _RAW_ALPHA).rgba(), ()
            behind.setdefault(raw, []).append((each.raw_x, each.raw_y))
        if each.line.faint:
            faint = faded(color, _FAINT_ALPHA).rgba(), dashes
            behind.setdefault(faint, []).append((each.x, each.y))
        else:
            layer = between if color == looks.plain else before
            layer.setdefault((color.rgba(), dashes), []).append((each.x, each.y))
    for layer in (behind, between, before):
        for (rgba, dashes), parts in layer.items():
            for start in range(0, len(parts), _TOGETHER):
                yield QColor.fromRgba(rgba), dashes, parts[start : start + _TOGETHER]


def _image_of(
    picture: LinePicture,
    chosen: Sequence[tuple[Drawn, QColor]],
    pixels: Pixels,
    check: Callable[[], object],
) -> QImage:
    wide, high = round(pixels.width * pixels.ratio), round(pixels.height * pixels.ratio)
    image = QImage(wide, high, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(pixels.ratio)
    image.fill(Qt.GlobalColor.transparent)
    across = pixels.width / (pixels.x[1] - pixels.x[0])
    up = pixels.height / (pixels.y[1] - pixels.y[0])
    painter = QPainter(image)
    try:
        painter.scale(across, -up)
        painter.translate(-pixels.x[0], -pixels.y[1])
        paint_paths(painter, picture, 1.0, check)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for each, color in chosen:
            check()
            painter.setPen(cosmetic(color, WIDE))
            painter.drawLines(_segments(each.x, each.y))
    finally:
        painter.end()
    return image


def _chosen(drawn: Sequence[Drawn], looks: LineLooks) -> list[tuple[Drawn, QColor]]:
    found = (each for each in drawn if each.line.run_id in looks.selected and len(each.x) > 1)
    return [(each, looks.look_of(each.line)[0]) for each in islice(found, MOST_WIDE)]


def _segments(x: Floats, y: Floats) -> list[QLineF]:
    """Return a line in pieces: a wide path of many points takes a hundred times as long."""
    ends = np.column_stack((x[:-1], y[:-1], x[1:], y[1:]))
    return [QLineF(*each) for each in ends[np.isfinite(ends).all(axis=1)].tolist()]


def _spots(drawn: Drawn, looks: LineLooks) -> list[Spots]:
    """Return the marks of a line at the edges; a line of one point is a dot, or it were nothing."""
    color = looks.look_of(drawn.line)[0]
    color = faded(color, _FAINT_ALPHA) if drawn.line.faint else color
    found = [
        Spots(shape, at, at, color)
        for shape, at in (
            (Shape.ABOVE, drawn.above),
            (Shape.BELOW, drawn.below),
            (Shape.NOTHING, drawn.nothing),
        )
        if len(at)
    ]
    finite = np.flatnonzero(np.isfinite(drawn.y))
    if len(finite) == 1:
        found.append(Spots(Shape.DOT, drawn.x[finite], drawn.y[finite], color))
    return found


def _path_of(parts: Sequence[tuple[Floats, Floats]]) -> QPainterPath:
    """Return lines as one path: each by itself, and with its gaps."""
    xs, ys, joins = [], [], []
    for x, y in parts:
        join = np.ones(len(y), dtype=np.int32)
        finite = np.isfinite(y)
        if not finite.all():
            # What comes before a gap is not joined to what comes after it.
            join[:-1] = finite[1:]
            x, y, join = x[finite], y[finite], join[finite]
        if len(y):
            join[-1] = 0
        xs.append(x)
        ys.append(y)
        joins.append(join)
    if not sum(map(len, xs)):
        return QPainterPath()
    path: QPainterPath = pg.arrayToQPath(
        np.concatenate(xs), np.concatenate(ys), np.concatenate(joins), finiteCheck=False
    )
    return path


def _outline(xs: Floats, lows: Floats, highs: Floats) -> QPainterPath:
    """Return the outline of each stretch between gaps: forth along one edge, back on the other."""
    path = QPainterPath()
    finite = np.isfinite(lows) & np.isfinite(highs)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], finite.view(np.int8), [0]))))
    for start, end in edges.reshape(-1, 2):
        part = slice(int(start), int(end))
        x = np.concatenate((xs[part], xs[part][::-1]))
        y = np.concatenate((highs[part], lows[part][::-1]))
        path.addPath(pg.arrayToQPath(x, y, "all", finiteCheck=False))
    return path
