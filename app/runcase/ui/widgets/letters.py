"""Which keys are single letters: those that act as commands while a table or tree has focus."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


def is_letter(event: QKeyEvent) -> bool:
    """Say whether a key types a character, with Shift at most."""
    text = event.text()
    shift = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    return bool(text) and text.isprintable() and not event.modifiers() & ~shift
