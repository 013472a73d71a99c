"""How often a column of a table has each value, in a window of its own."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget

from runcase.preview import words
from runcase.preview.document import Table
from runcase.ui.previews.cards import grid
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import label

_SHOWN = 500


class FrequencyDialog(QDialog):
    """The commonest values with their counts and shares."""

    def __init__(self, theme: Theme, table: Table, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = table.columns[0].name
        self.setWindowTitle(f"Values of {name}")
        counts = [int(each or 0) for each in table.cells[1]]
        total = sum(counts) or 1
        rows = [
            ("—" if value is None else value, f"{count:,}", f"{count / total:.1%}")
            for value, count in zip(table.cells[0][:_SHOWN], counts, strict=False)
        ]
        made = grid(theme, ("Value", "Rows", "Share"), rows, right=(1, 2))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(made)
        scroll.setAlignment(Qt.AlignmentFlag.AlignTop)
        shown = f", the {len(rows):,} commonest" if len(rows) < (table.total or 0) else ""
        said = label(f"{words.many(table.total or 0, 'value')} in {name}{shown}", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        for widget in (said, scroll, buttons):
            layout.addWidget(widget)
        self.resize(theme.px(460), theme.px(480))
