"""The template of a prompt's version: one text, or the messages of a chat."""

import json
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from runcase.store.records import ModelVersion
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import clear, label, row

TEXT_TAG = "mlflow.prompt.text"
TYPE_TAGS = ("_mlflow_prompt_type", "mlflow.prompt.type")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat template; `role` is "" for a plain template."""

    role: str
    text: str


def messages(version: ModelVersion) -> list[Message]:
    """Return the template of a version as messages; empty when it has none."""
    text = version.tags.get(TEXT_TAG)
    if text is None:
        return []
    kind = next((version.tags[tag] for tag in TYPE_TAGS if tag in version.tags), "text")
    return (_chat(text) if kind == "chat" else []) or [Message("", text)]


def _chat(text: str) -> list[Message]:
    """Read the JSON list of a chat template; nothing if it is something else."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        return []
    return [
        Message(str(each.get("role", "")), _content(each.get("content", ""))) for each in listed
    ]


def _content(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


class PromptView(QScrollArea):
    """Shows the messages of a template one below another, each under its role."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._body = QVBoxLayout()
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(0)
        inner = QWidget()
        inner.setObjectName("surface")
        inner.setLayout(self._body)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_messages(self, listed: list[Message]) -> None:
        """Show a template; says so when there is none."""
        clear(self._body)
        if not listed:
            note = label("This version has no template text.", "muted")
            self._body.addLayout(row(note, margins=(12, 12, 12, 12)))
        for each in listed:
            if each.role:
                head = row(label(each.role, "chip"), 1, margins=(12, 10, 12, 0))
                self._body.addLayout(head)
            self._body.addWidget(self._text(each), 0 if len(listed) > 1 else 1)
        if len(listed) != 1:
            self._body.addStretch(1)

    def _text(self, message: Message) -> QPlainTextEdit:
        made = QPlainTextEdit(message.text)
        made.setAccessibleName(f"Template, {message.role}" if message.role else "Template")
        made.setReadOnly(True)
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setFont(self._theme.font("mono"))
        made.document().setDocumentMargin(12)
        if message.role:
            rows = min(14, message.text.count("\n") + 1 + len(message.text) // 90)
            made.setFixedHeight(rows * made.fontMetrics().lineSpacing() + 30)
        return made
