"""GeoJSON as a page: the outline of its shapes, drawn, and how many of each kind there are."""

import html
import json
import math
from collections import Counter
from typing import Any

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import draw, page, text
from runcase.preview.document import Page, PageImage
from runcase.preview.source import Source

_BYTES = 64 * 1024 * 1024
_POINTS = 1_000_000
# The longer side of the outline, and how high it may be beside the words below it.
_SIDE, _HIGHEST = 760, 440
_KINDS = frozenset(
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
)


def is_geojson(source: Source) -> bool:
    """Say whether a JSON file begins as GeoJSON."""
    head = source.head[:4096]
    return b'"FeatureCollection"' in head or (
        b'"coordinates"' in head and (b'"Feature"' in head or b'"Polygon"' in head)
    )


def read(source: Source) -> Page:
    """Draw the outlines, north up, longitudes squeezed at the middle; raises `UnreadableError`."""
    if source.size > _BYTES:
        raise TooBigError("It is too large to draw.")
    content = source.read(_BYTES).decode("utf-8", "replace")
    try:
        root = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("It is not valid JSON.") from error
    kinds: Counter[str] = Counter()
    lines: list[list[tuple[float, float]]] = []
    for geometry in _geometries(root):
        kinds[geometry["type"]] += 1
        _collect(geometry.get("coordinates"), lines)
    if not lines:
        raise UnreadableError("It has no coordinates, as GeoJSON has.")
    west, east = _extent(lines, 0)
    south, north = _extent(lines, 1)
    frame = draw.outlines(*_fitted(lines, (west, east), (south, north)))
    wide = round(frame.width / 2 * min(1.0, _HIGHEST / (frame.height / 2)))
    counted = ", ".join(f"{count:,} × {kind}" for kind, count in kinds.most_common())
    where = f"{west:.5g} to {east:.5g}, {south:.5g} to {north:.5g}"
    body = (
        f'<p><img src="image:0" width="{wide}"></p><p>{html.escape(counted)}</p>'
        f"<p>Longitude and latitude: {where}</p>"
    )
    shown = text.make(source.name, source.size, content[: page.PAGE_BYTES], "json")
    return page.sanitised(source, "GeoJSON", body, (PageImage("image:0", frame),), shown)


def _geometries(root: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, dict):
            continue
        if value.get("type") in _KINDS:
            found.append(value)
        for key in ("features", "geometries"):
            inner = value.get(key)
            waiting.extend(reversed(inner) if isinstance(inner, list) else ())
        waiting.append(value.get("geometry"))
    return found


def _collect(root: object, lines: list[list[tuple[float, float]]]) -> None:
    """Take the lines of points out of lists nested at any depth."""
    waiting = [root]
    count = sum(map(len, lines))
    while waiting and count < _POINTS:
        value = waiting.pop()
        if not isinstance(value, list) or not value:
            continue
        if isinstance(value[0], int | float):
            points = [_point(value)]
        elif isinstance(value[0], list) and value[0] and isinstance(value[0][0], int | float):
            points = [_point(each) for each in value]
        else:
            waiting.extend(value)
            continue
        kept = [each for each in points if each is not None]
        if kept:
            lines.append(kept)
            count += len(kept)


def _point(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) < 2:
        return None
    try:
        x, y = float(value[0]), float(value[1])
    except (TypeError, ValueError, OverflowError):
        return None
    return (x, y) if abs(x) < 1e9 and abs(y) < 1e9 else None


def _extent(lines: list[list[tuple[float, float]]], axis: int) -> tuple[float, float]:
    values = [point[axis] for line in lines for point in line]
    return min(values), max(values)


def _fitted(
    lines: list[list[tuple[float, float]]], across: tuple[float, float], up: tuple[float, float]
) -> tuple[list[list[tuple[float, float]]], int, int]:
    squeeze = (
        math.cos(math.radians(max(-85.0, min(85.0, sum(up) / 2))))
        if max(map(abs, up)) <= 90
        else 1.0
    )
    wide, high = (across[1] - across[0]) * squeeze, up[1] - up[0]
    scale = 2 * _SIDE / max(wide, high, 1e-9)
    margin = 12
    placed = [
        [
            (margin + (x - across[0]) * squeeze * scale, margin + (up[1] - y) * scale)
            for x, y in line
        ]
        for line in lines
    ]
    return placed, round(wide * scale) + 2 * margin, round(high * scale) + 2 * margin
