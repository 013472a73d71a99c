"""Models, pickles and media as cards: facts, verdicts, tensors, operators, metadata."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea

from runcase.preview import words
from runcase.preview.facts import Facts, Tensor
from runcase.ui.allow_list import AllowList
from runcase.ui.previews.cards import CardPage, VerdictCard, grid, remark
from runcase.ui.previews.list_table import ROW, Index, ListModel, ListTable
from runcase.ui.previews.text_view import code_font
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Card

_LIST_ROWS = 14
_SHOWN = 200
_HEADERS = "Its headers are all that is read of it."


class FactsView(QScrollArea):
    """What a file says of itself, as cards."""

    def __init__(self, theme: Theme, allowed: AllowList | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._allowed = allowed
        self._document: Facts | None = None
        self._remark = _HEADERS
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        theme.changed.connect(self._build)
        if allowed is not None:
            allowed.changed.connect(self._build)

    def show_document(self, document: Facts, remark_: str = _HEADERS) -> None:
        """Show a file from the top of its cards; the remark stands where it has nothing else."""
        self._document = document
        self._remark = remark_
        self.setAccessibleName(document.name)
        self._build()

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        return f"{words.size(document.size)} · {document.format}" if document else ""

    def _build(self) -> None:
        document = self._document
        if document is None:
            return
        page = CardPage(self._theme)
        main, side = page.main, page.side
        if document.imports:
            main.addWidget(VerdictCard(self._theme, document, self._allowed))
        if document.tensors:
            main.addWidget(self._tensors(document))
        if document.metadata:
            main.addWidget(self._pairs("Metadata", document.metadata[:_SHOWN], ("Key", "Value")))
        side.addWidget(self._pairs(document.format, document.facts, ("Fact", "Value")))
        if document.counts:
            counts = [(name, f"{count:,}") for name, count in document.counts[:_SHOWN]]
            card = Card(self._theme, document.counts_title, f"{len(document.counts):,}")
            card.body.addWidget(grid(self._theme, ("Kind", "Count"), counts, right=(1,)))
            side.addWidget(card)
        if main.isEmpty():
            main.addWidget(remark(self._remark))
        page.finish()
        self.setWidget(page)

    def _pairs(self, title: str, pairs: Sequence[tuple[str, str]], titles: tuple[str, str]) -> Card:
        card = Card(self._theme, title, f"{len(pairs):,}" if titles[0] == "Key" else "")
        made = grid(self._theme, titles, pairs, plain=(0,))
        made.horizontalHeader().hide()
        made.setFixedHeight(made.verticalHeader().length())
        card.body.addWidget(made)
        return card

    def _tensors(self, document: Facts) -> Card:
        shown = len(document.tensors)
        note = f"{document.tensor_count:,}"
        if shown < document.tensor_count:
            note = f"the first {shown:,} of {note}"
        card = Card(self._theme, "Tensors", note)
        view = ListTable(self._theme, TensorModel(self._theme, document.tensors))
        view.fit()
        view.setAccessibleName("Tensors")
        view.setFixedHeight(self._theme.px(ROW) * (min(shown, _LIST_ROWS) + 1) + 6)
        card.body.addWidget(view)
        return card


class TensorModel(ListModel):
    """Named arrays as rows."""

    def __init__(self, theme: Theme, tensors: tuple[Tensor, ...]) -> None:
        super().__init__(("Name", "Type", "Shape", "Size"), (3,))
        self.set_rows(tensors)
        self._mono = code_font(theme)

    def text(self, row: Tensor, column: int) -> str:
        size = words.size(row.size) if row.size >= 0 else "—"
        return (row.name, row.dtype, row.shape, size)[column]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.FontRole and index.column() < 3:
            return self._mono
        return super().data(index, role)
