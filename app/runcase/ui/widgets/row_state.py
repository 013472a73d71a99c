"""The tint of a row: selected, selected in a window that is not active, hovered, or none."""

from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget


def row_tint(option: QStyleOptionViewItem) -> str:
    """Return the token of a row's background, "" for none.

    Qt takes `State_Active` from every view without focus; what counts here is the window.
    """
    if option.state & QStyle.StateFlag.State_Selected:
        widget: QWidget | None = getattr(option, "widget", None)
        return "sel" if widget is None or widget.isActiveWindow() else "sel-inactive"
    return "hover" if option.state & QStyle.StateFlag.State_MouseOver else ""
