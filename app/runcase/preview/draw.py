"""SVG files as bitmaps: the only module of the previews that draws with Qt, in the child only."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree
from xml.parsers import expat

from runcase.errors import TooBigError, UnreadableError
from runcase.preview.document import Frame, Image
from runcase.preview.source import Source

if TYPE_CHECKING:
    from PySide6.QtCore import QSizeF
    from PySide6.QtGui import QImage

_SVG_BYTES = 16 * 1024 * 1024
_SHARPNESS = 3.0
_PIXELS = 16_000_000
_SIDE = 16_000
_DEPTH, _ELEMENTS = 400, 300_000
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_INNER = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp);)", re.IGNORECASE)
_OUTER_STYLE = re.compile(r"url\((?!\s*['\"]?\s*#)[^)]*\)|@import[^;]*;?", re.IGNORECASE)


def read_svg(source: Source) -> Image:
    """Draw an SVG three times as large as it is, so that it stays sharp when zoomed.

    Raises `UnreadableError` when it is no SVG, `TooBigError` when it is too large.
    """
    # Qt costs 150 ms to import: only the worker process, at the first SVG, pays it.
    from PySide6.QtCore import QByteArray, QSizeF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    content, dropped = _without_references(source)
    _application()
    renderer = QSvgRenderer(QByteArray(content))
    size = QSizeF(renderer.defaultSize())
    if not renderer.isValid() or size.isEmpty():
        raise UnreadableError("It is not an SVG picture that Qt can draw.")
    factor = min(
        _SHARPNESS,
        (_PIXELS / (size.width() * size.height())) ** 0.5,
        _SIDE / max(size.width(), size.height()),
    )
    bitmap = QImage(
        max(1, round(size.width() * factor)),
        max(1, round(size.height() * factor)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    bitmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(bitmap)
    renderer.render(painter)
    painter.end()
    return _document(source, size, bitmap, dropped)


@cache
def _application() -> object:
    """Return Qt's application, which lives as long as the process: text needs its fonts."""
    from PySide6.QtGui import QGuiApplication  # for the reason in read_svg

    return QGuiApplication.instance() or QGuiApplication(["preview"])


def _document(source: Source, size: "QSizeF", bitmap: "QImage", dropped: int) -> Image:
    frame = _rgba(bitmap)
    note = f"{dropped} outside references are not loaded." if dropped else ""
    if dropped == 1:
        note = "An outside reference is not loaded."
    width, height = round(size.width()), round(size.height())
    return Image(
        source.name, source.size, note, "SVG", width, height, "Vectors", 0, 1, (frame,), ()
    )


def _without_references(source: Source) -> tuple[bytes, int]:
    """Return the SVG without anything that could make Qt load another file, and how many."""
    if source.size > _SVG_BYTES:
        raise TooBigError("The SVG is too large to draw.")
    # Qt knows these two by their prefixes.
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    try:
        content = source.read(_SVG_BYTES)
        _measure(content)
        root = ElementTree.fromstring(content)
        if root.tag not in (f"{{{_SVG}}}svg", "svg"):
            raise UnreadableError("It is XML, but not an SVG picture.")
        dropped = sum(_clean(element) for element in root.iter())
        return ElementTree.tostring(root), dropped
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreadableError(f"It is not valid SVG: {error}.") from error
    except RecursionError as error:
        raise TooBigError("The SVG is nested too deep to draw.") from error


def _measure(content: bytes) -> None:
    """Refuse what is nested too deep, before a tree of it is built; raises `TooBigError`."""
    depth = elements = 0
    parser = expat.ParserCreate()

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > _DEPTH or elements > _ELEMENTS:
            raise TooBigError("The SVG is nested too deep, or has too many parts, to draw.")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableError(f"It is not valid SVG: {error}.") from error


def _clean(element: ElementTree.Element) -> int:
    dropped = 0
    for name, value in list(element.attrib.items()):
        if name.rpartition("}")[2] in ("href", "src") and not _INNER.match(value):
            # A link does nothing here; a picture or a `use` would load.
            dropped += element.tag.rpartition("}")[2] != "a"
            del element.attrib[name]
        elif _OUTER_STYLE.search(value):
            element.attrib[name] = _OUTER_STYLE.sub("none", value)
            dropped += 1
    if element.text and element.tag.endswith("style") and _OUTER_STYLE.search(element.text):
        element.text = _OUTER_STYLE.sub("none", element.text)
        dropped += 1
    return dropped


def outlines(lines: list[list[tuple[float, float]]], width: int, height: int) -> Frame:
    """Draw lines, and single points as dots, in a colour that light and dark grounds show."""
    # Imported here for the reason in read_svg.
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QColor, QImage, QPainter, QPen

    _application()
    bitmap = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    bitmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(bitmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(58, 116, 214)
    painter.setPen(QPen(color, 2.5))
    painter.setBrush(QColor(58, 116, 214, 36))
    for line in lines:
        points = [QPointF(x, y) for x, y in line]
        if len(points) == 1:
            painter.drawEllipse(points[0], 5.0, 5.0)
        elif line[0] == line[-1]:
            painter.drawPolygon(points)
        else:
            painter.drawPolyline(points)
    painter.end()
    return _rgba(bitmap)


def _rgba(bitmap: "QImage") -> Frame:
    pixels = bitmap.convertToFormat(bitmap.Format.Format_RGBA8888)
    data: Any = pixels.constBits()
    return Frame(pixels.width(), pixels.height(), 0, bytes(data))
