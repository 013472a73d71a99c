"""The head of a registered model's page: name, counts, description, aliases and tags."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.itemmodels.registry import own_tags
from runcase.store.records import RegisteredModel
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconLabel, button, clear, label, row
from runcase.ui.widgets.note import Note
from runcase.ui.zoom import follow

# Chips of one line; the rest is counted, and read in the tooltip.
MAX_CHIPS = 8
MAX_NOTE = 96


class ModelHead(QWidget):
    """Shows a model; emits `asked` with an action's id, `chosen` with an alias's version."""

    asked = Signal(str)
    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._top = row(spacing=10)
        self._note = Note("Description", MAX_NOTE)
        follow(theme, self, lambda: self._note.set_most(theme.px(MAX_NOTE)))
        self._marks = QHBoxLayout()
        self._marks.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 14, 10)
        layout.setSpacing(6)
        layout.addLayout(self._top)
        layout.addWidget(self._note)
        layout.addLayout(self._marks)

    def show_model(self, model: RegisteredModel, html: str) -> None:
        """Show a model; its description is HTML already."""
        self._fill_top(model)
        self._note.show_html(html)
        self._fill_marks(model)

    def _fill_top(self, model: RegisteredModel) -> None:
        clear(self._top)
        icon = "message-square" if model.is_prompt else "box"
        self._top.addWidget(IconLabel(self._theme, icon, "accent", 20))
        name = Elided(model.name, "page")
        follow(self._theme, name, lambda: name.setMaximumWidth(name.sizeHint().width() + 8))
        self._top.addWidget(name, 3)
        created = formats.local_time(model.creation_time) if model.creation_time else None
        said = formats.counted(model.versions, "version")
        if created is not None:
            said += f", created {created.day} {created:%b} {created.year}"
        counts = label(f"prompt, {said}" if model.is_prompt else said, "text2")
        counts.setToolTip(formats.moment_with_zone(model.creation_time))
        self._top.addWidget(counts)
        self._top.addStretch(1)
        self._top.addWidget(self._button("Copy URI", "copy", "copy-model-uri"))
        if not model.is_prompt:
            self._top.addWidget(self._button("Copy Load Code", "code-xml", "copy-load-code"))

    def _button(self, text: str, icon: str, action_id: str) -> QWidget:
        # The blank keeps the text off its icon: the style sheet has no word for that gap.
        made = button(f" {text}", "", lambda: self.asked.emit(action_id))
        made.setAccessibleName(text)
        icons.put(self._theme, made, icon, size=15, room=16)
        return made

    def _fill_marks(self, model: RegisteredModel) -> None:
        clear(self._marks)
        tags = own_tags(model.tags)
        if model.aliases:
            self._marks.addWidget(label("Aliases", "small-muted"))
            for alias in model.aliases[:MAX_CHIPS]:
                text = f"@ {alias.name} v{alias.version}"
                made = button(text, "chip", lambda at=alias.version: self.chosen.emit(at))  # type: ignore[misc]
                made.setAccessibleName(f"Select version {alias.version}, alias {alias.name}")
                self._marks.addWidget(made)
            self._more([f"{each.name} v{each.version}" for each in model.aliases])
            self._marks.addSpacing(12)
        if tags:
            self._marks.addWidget(label("Tags", "small-muted"))
            words = [formats.one_line(f"{key}: {value}") for key, value in tags.items()]
            for text in words[:MAX_CHIPS]:
                chip = label(text if len(text) <= 40 else f"{text[:26]}…{text[-12:]}", "chip")
                chip.setToolTip(text)
                self._marks.addWidget(chip)
            self._more(words)
        self._marks.addStretch(1)

    def _more(self, texts: list[str]) -> None:
        if len(texts) > MAX_CHIPS:
            rest = label(f"+{len(texts) - MAX_CHIPS}", "small-muted")
            rest.setToolTip("\n".join(texts[MAX_CHIPS:]))
            self._marks.addWidget(rest)
