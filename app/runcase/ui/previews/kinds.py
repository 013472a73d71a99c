"""How the bar of the preview shows each kind of document: its icon, its views, its facts."""

from dataclasses import dataclass

from runcase.preview import words
from runcase.preview.document import (
    Array,
    Bytes,
    Image,
    Log,
    Model,
    Page,
    Table,
    Text,
    Tree,
)
from runcase.preview.facts import Facts
from runcase.preview.inventory import Archive


@dataclass(frozen=True, slots=True)
class Kind:
    """How the bar shows a kind of document: its icon and its views, the first one chosen."""

    icon: str
    views: tuple[tuple[str, str], ...] = ()


KINDS: dict[type, Kind] = {
    Text: Kind("file-text"),
    Tree: Kind("file-json", (("tree", "Tree"), ("text", "Text"))),
    Table: Kind("table-2", (("table", "Table"), ("profile", "Profile"))),
    Image: Kind("file-image"),
    Page: Kind("file-text", (("page", "Page"), ("text", "Source"))),
    Model: Kind("package", (("model", "Model"), ("text", "YAML"))),
    Bytes: Kind("binary"),
    Log: Kind("file-text"),
    Array: Kind("grid-3x3", (("picture", "Picture"), ("table", "Table"))),
    Archive: Kind("package"),
    Facts: Kind("file-box"),
}
# An HTML page where QtWebEngine is installed.
SCRIPTED = Kind(
    "file-text", (("page", "Sanitised"), ("scripts", "With Scripts"), ("text", "Source"))
)


def text_facts(document: Text) -> str:
    """Return what the bar says of a text: size, lines, encoding."""
    parts = [words.size(document.size)]
    if document.lines is not None:
        parts.append(words.many(document.lines, "line"))
    parts.append(document.encoding)
    if document.truncated:
        parts.append("not all is shown")
    return " · ".join(parts)
