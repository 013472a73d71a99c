"""An MLmodel folder as cards: signature, load code, facts, flavors, requirements, files."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from runcase.preview import words
from runcase.preview.document import Flavor, Model
from runcase.ui.allow_list import AllowList
from runcase.ui.previews.cards import CardPage, VerdictCard, grid, remark
from runcase.ui.previews.text_view import CodeEdit
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import (
    Card,
    Elided,
    IconLabel,
    Segments,
    button,
    label,
    line,
    row,
)

_ROW = 26
_SIDE = 340
_FILES_SHOWN = 100
_ICONS = {"python_function": "boxes", "pytorch": "flame"}


class ModelView(QStackedWidget):
    """A model's page and its YAML; `chosen` carries the path of a file of the model."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, allowed: AllowList | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._allowed = allowed
        self._document: Model | None = None
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._edit = CodeEdit(theme)
        self.addWidget(self._scroll)
        self.addWidget(self._edit)
        theme.changed.connect(self._build)
        if allowed is not None:
            allowed.changed.connect(self._build)

    def show_document(self, document: Model) -> None:
        """Show a model from the top of its page."""
        self._document = document
        self._scroll.setAccessibleName(document.name)
        self._edit.show_text(document.source)
        self._build()

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        if document is None:
            return ""
        return f"{words.size(document.size)} · {words.many(len(document.files), 'file')}"

    def choose(self, view: str) -> None:
        """Switch to "model" or "text"."""
        self.setCurrentIndex(1 if view == "text" else 0)

    def _build(self) -> None:
        document = self._document
        if document is None:
            return
        page = CardPage(self._theme)
        self._fill_main(document, page.main)
        self._fill_side(document, page.side)
        page.finish()
        self._scroll.setWidget(page)

    def _fill_main(self, document: Model, column: QVBoxLayout) -> None:
        for pickle in document.pickles:
            if pickle.imports:
                column.addWidget(VerdictCard(self._theme, pickle, self._allowed))
        column.addWidget(self._signature(document))
        if document.load_codes:
            column.addWidget(_LoadCodeCard(self._theme, document))
        if document.metadata:
            card = Card(self._theme, "Metadata", f"{len(document.metadata):,}")
            card.body.addWidget(grid(self._theme, ("Key", "Value"), document.metadata))
            column.addWidget(card)
        card = Card(self._theme, "Files", f"{len(document.files):,}, {words.size(document.size)}")
        rows = [(file.path, words.size(file.size)) for file in document.files[:_FILES_SHOWN]]
        files = grid(self._theme, ("Path", "Size"), rows, right=(1,))
        files.cellDoubleClicked.connect(self._choose_file)
        card.body.addWidget(files)
        column.addWidget(card)

    def _fill_side(self, document: Model, column: QVBoxLayout) -> None:
        column.addWidget(self._facts_card(document))
        flavors = Card(self._theme, "Flavors", f"{len(document.flavors):,}")
        for number, flavor in enumerate(document.flavors):
            if number:
                flavors.body.addWidget(line())
            flavors.body.addWidget(self._flavor(flavor))
        if not document.flavors:
            flavors.body.addWidget(remark("No flavors: the model was logged from outside MLflow."))
        column.addWidget(flavors)
        requirements = Card(self._theme, "Requirements", f"{len(document.requirements):,}")
        if document.requirements:
            many = f"{len(document.requirements):,} in {document.requirements_from}"
            requirements.set_note(many)
            requirements.body.addWidget(self._requirements(document))
        else:
            requirements.body.addWidget(remark("No requirements.txt or conda.yaml lies beside it."))
        column.addWidget(requirements)

    def _requirements(self, document: Model) -> QTableWidget:
        rows = [
            (each.package, each.pin or "any version", each.here) for each in document.requirements
        ]
        if not any(here for _, _, here in rows):
            return grid(self._theme, ("Package", "Pin"), [each[:2] for each in rows])
        made = grid(self._theme, ("Package", "Pin", "This machine"), rows, plain=(2,))
        made.setToolTip("Compared with the packages of the Python that runs Runcase")
        for number, (_, pin, here) in enumerate(rows):
            token = "muted" if here.startswith("not") else "success" if "same" in here else "warn"
            item = made.item(number, 2)
            if item is not None and (token != "warn" or pin.startswith("==")):
                item.setForeground(self._theme.color(token))
        return made

    def _signature(self, document: Model) -> Card:
        kinds = ("input", "output", "param")
        counts = {kind: sum(each.kind == kind for each in document.signature) for kind in kinds}
        note = ", ".join(words.many(count, kind) for kind, count in counts.items() if count)
        card = Card(self._theme, "Signature", note)
        if not document.signature:
            card.body.addWidget(remark("The model was logged without a signature."))
            return card
        rows = [
            (each.kind, each.name or "—", each.type, each.detail, "yes" if each.required else "")
            for each in document.signature
        ]
        titles = ("Kind", "Name", "Type", "Shape / default", "Required")
        card.body.addWidget(grid(self._theme, titles, rows, plain=(0, 4), stretch=3))
        return card

    def _facts_card(self, document: Model) -> Card:
        card = Card(self._theme, "Model")
        grid = QGridLayout()
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        facts = (
            ("Model ID", document.model_id, "mono"),
            ("Run", document.run_id, "mono"),
            ("Logged", f"{document.created.partition('.')[0]} UTC" if document.created else "", ""),
            ("MLflow", document.mlflow_version, ""),
            ("Size", f"{words.size(document.size)}, {words.many(len(document.files), 'file')}", ""),
            ("Input example", document.example, ""),
        )
        number = 0
        for name, value, role in facts:
            if not value:
                continue
            grid.addWidget(label(name, "muted"), number, 0)
            if name == "Input example" and document.example_path:
                link = button(value, "link", self._chooser(document.example_path))
                link.setToolTip(document.example_path)
                link.setStyleSheet("min-height: 0; padding: 0; border-left: none;")
                grid.addWidget(link, number, 1, Qt.AlignmentFlag.AlignLeft)
            else:
                shown = Elided(value, role, Qt.TextElideMode.ElideMiddle)
                shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                grid.addWidget(shown, number, 1)
            number += 1
        card.body.addLayout(grid)
        return card

    def _flavor(self, flavor: Flavor) -> QWidget:
        made = QWidget()
        name = label(flavor.name, "heading")
        head = row(name, spacing=6)
        if flavor.version:
            head.addWidget(label(flavor.version, "chip"))
        head.addStretch(1)
        facts = " · ".join(f"{key} {value}" for key, value in flavor.facts)
        text = QVBoxLayout()
        text.setSpacing(1)
        text.addLayout(head)
        text.addWidget(Elided(facts, "small-muted"))
        icon = IconLabel(self._theme, _ICONS.get(flavor.name, "box"), "accent", 17)
        layout = QHBoxLayout(made)
        layout.setContentsMargins(12, 7, 10, 7)
        layout.setSpacing(10)
        layout.addWidget(icon)
        layout.addLayout(text, 1)
        return made

    def _chooser(self, path: str) -> Callable[[], None]:
        return lambda: self.chosen.emit(path)

    def _choose_file(self, number: int) -> None:
        if self._document is not None:
            self.chosen.emit(self._document.files[number].path)


class _LoadCodeCard(Card):
    """Lines that load the model, by flavor, with a button that copies them."""

    def __init__(self, theme: Theme, document: Model) -> None:
        super().__init__(theme, "Load code")
        self._codes = {each.label: each.code for each in document.load_codes}
        self._segments = Segments([(each, each) for each in self._codes], "Load code for")
        self._edit = CodeEdit(theme, numbered=False)
        self._edit.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header.addWidget(self._segments)
        self.header.addWidget(button("Copy", "small", self._copy))
        self.body.addWidget(self._edit)
        self._segments.chosen.connect(self._show)
        self._show(self._segments.choice())

    def _show(self, choice: str) -> None:
        code = self._codes[choice]
        self._edit.show_text(code)
        lines = max(each.text.count("\n") + 1 for each in self._codes.values())
        height = QFontMetrics(self._edit.font()).lineSpacing() * lines
        self._edit.setFixedHeight(height + 30)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._codes[self._segments.choice()].text)
