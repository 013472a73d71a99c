"""Bytes as hexadecimal digits, a window of the file at a time."""

from array import array

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from runcase.preview import hexdump, words
from runcase.preview.document import HIGHLIGHT_KINDS, Bytes, Text
from runcase.preview.raw import WINDOW_BYTES
from runcase.ui.previews.text_view import CodeEdit
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton, label, row


class BytesView(QWidget):
    """A hex view; `windowed` carries the offset of another window of the same file."""

    windowed = Signal(object)  # an int of more than 32 bits

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Bytes | None = None
        self._edit = CodeEdit(theme, numbered=False)
        self._where = label("", "small-muted")
        self._back = IconButton(theme, "chevron-left", "Previous Bytes")
        self._forward = IconButton(theme, "chevron-right", "Next Bytes")
        self._back.clicked.connect(self._go_back)
        self._forward.clicked.connect(self._go_forward)
        self._footer = QFrame()
        self._footer.setObjectName("panelHeader")
        self._footer.setLayout(
            row(self._where, 1, self._back, self._forward, margins=(10, 2, 10, 2))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._edit, 1)
        layout.addWidget(self._footer)

    def show_document(self, document: Bytes) -> None:
        """Show a window of bytes."""
        self._document = document
        lines = hexdump.lines(document.data, document.offset)
        spans = _offset_spans(lines)
        text = "\n".join(lines)
        if not document.size:
            text, spans = "The file is empty.", b""
        self._edit.show_text(Text(document.name, 0, "", text, "", "", spans, None, False))
        end = document.offset + len(document.data)
        self._where.setText(f"Bytes {document.offset:,} to {end:,} of {document.size:,}")
        self._footer.setVisible(end < document.size or document.offset > 0)
        self._back.setEnabled(document.offset > 0)
        self._forward.setEnabled(end < document.size)

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        return f"{words.size(document.size)} · {document.type}" if document else ""

    def _go_back(self) -> None:
        if self._document is not None:
            self.windowed.emit(max(0, self._document.offset - WINDOW_BYTES))

    def _go_forward(self) -> None:
        if self._document is not None:
            self.windowed.emit(self._document.offset + len(self._document.data))


def _offset_spans(lines: list[str]) -> bytes:
    """Mute the offsets, so that the bytes stand out."""
    spans = array("I")
    kind, start = HIGHLIGHT_KINDS.index("comment"), 0
    for each in lines:
        spans.extend((start, each.index(" "), kind))
        start += len(each) + 1
    return spans.tobytes()
