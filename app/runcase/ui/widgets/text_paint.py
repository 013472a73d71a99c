"""Paints one line of text into a cell, shortened to its room."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

from runcase.itemmodels import formats
from runcase.ui.widgets.runs_paints import Paints


def paint_text(
    painter: QPainter,
    paints: Paints,
    area: QRect,
    text: str,
    role: str = "body",
    token: str = "text",
    *,
    bold: bool = False,
    struck: bool = False,
    right: bool = False,
    middle: bool = False,
    whole: bool = False,
) -> int:
    """Paint a text in the middle of an area's height; return its width.

    Args:
        painter: Left with another font and pen.
        paints: Where fonts and colours come from.
        area: Where to.
        text: In one line or more, which become one.
        role: The font.
        token: The colour.
        bold: Whether in demi-bold.
        struck: Whether struck through.
        right: Whether at the right edge.
        middle: Whether it is shortened in the middle, as keys and paths are.
        whole: Whether it is never shortened, as a number is not.
    """
    font, metrics = paints.font(role, bold=bold, struck=struck)
    painter.setFont(font)
    painter.setPen(paints.color(token))
    shown = formats.one_line(text)
    if not whole:
        where = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(shown, where, area.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
    return metrics.horizontalAdvance(shown)
