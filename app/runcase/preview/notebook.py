"""Jupyter notebooks as pages: their cells, and the outputs that were saved with them.

The JSON is read directly: nbformat brings four packages to validate what a preview must show
even when it is not valid.
"""

import base64
import binascii
import html
import io
import json
import re
from typing import Any

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import image, page, text
from runcase.preview.document import HIGHLIGHT_KINDS, Page, PageImage
from runcase.preview.source import Source

_NOTEBOOK_BYTES = 64 * 1024 * 1024
_CELLS = 500
_OUTPUT_CHARACTERS = 8_000
_IMAGES = 60
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# Pygments' token kinds as the tags that a sanitised page may have.
_TAGS = {"keyword": "b", "comment": "i", "string": "i", "name": "b"}


class _Rendering:
    """The HTML of the cells, and the pictures it refers to."""

    def __init__(self, source: Source, language: str) -> None:
        from markdown_it import MarkdownIt  # 60 ms: only the worker process pays it

        self._source = source
        self._language = language
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable(
            ["table", "strikethrough"]
        )
        self.images: list[PageImage] = []
        self.parts: list[str] = []

    def cell(self, cell: dict[str, Any]) -> None:
        content = _joined(cell.get("source"))
        kind = cell.get("cell_type")
        if kind == "markdown":
            self.parts.append(self._markdown.render(content))
        elif kind == "code":
            number = cell.get("execution_count")
            self.parts.append(
                f"<p><small>In [{number if isinstance(number, int) else ' '}]</small></p>"
            )
            self.parts.append(f"<pre><code>{code_html(content, self._language)}</code></pre>")
            outputs = cell.get("outputs")
            for output in outputs if isinstance(outputs, list) else ():
                if isinstance(output, dict):
                    self._output(output)
        else:
            self.parts.append(f"<pre>{html.escape(content)}</pre>")

    def _output(self, output: dict[str, Any]) -> None:
        kind = output.get("output_type")
        if kind == "stream":
            self._text(_joined(output.get("text")))
        elif kind == "error":
            traceback = output.get("traceback")
            lines = traceback if isinstance(traceback, list) else [str(output.get("evalue", ""))]
            self._text("\n".join(str(line) for line in lines))
        else:
            data = output.get("data")
            self._data(data if isinstance(data, dict) else {})

    def _data(self, data: dict[str, Any]) -> None:
        for mime in _PICTURES:
            if mime in data and self._picture(_joined(data[mime])):
                return
        if "text/html" in data:
            self.parts.append(_joined(data["text/html"])[: 20 * _OUTPUT_CHARACTERS])
        elif "text/markdown" in data:
            self.parts.append(self._markdown.render(_joined(data["text/markdown"])))
        elif "text/plain" in data:
            self._text(_joined(data["text/plain"]))
        elif data:
            names = ", ".join(sorted(map(str, data)))[:200]
            self.parts.append(f"<p><i>[{html.escape(names)}]</i></p>")

    def _picture(self, encoded: str) -> bool:
        if len(self.images) >= _IMAGES:
            return False
        try:
            data = base64.b64decode(encoded, validate=False)
            member = Source.member(self._source, "output", data, self._source.request)
            frame = image.read(member).frames[0]
        except (binascii.Error, ValueError, UnreadableError, TooBigError):
            return False
        address = f"image:{len(self.images)}"
        self.images.append(PageImage(address, frame))
        width = min(frame.width, 760)
        self.parts.append(f'<p><img src="{address}" width="{width}"></p>')
        return True

    def _text(self, words: str) -> None:
        words = _ESCAPES.sub("", words)
        cut = "\n…" if len(words) > _OUTPUT_CHARACTERS else ""
        self.parts.append(f"<pre>{html.escape(words[:_OUTPUT_CHARACTERS] + cut)}</pre>")


def read(source: Source) -> Page:
    """Render a notebook; raises `UnreadableError` when it is none."""
    if source.size > _NOTEBOOK_BYTES:
        raise TooBigError("The notebook is too large to render.")
    content = source.read(_NOTEBOOK_BYTES).decode("utf-8", "replace")
    try:
        notebook = json.load(io.StringIO(content))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("It is not valid JSON.") from error
    cells = _cells(notebook)
    metadata = notebook.get("metadata")
    language = _language(metadata if isinstance(metadata, dict) else {})
    rendering = _Rendering(source, language)
    for cell in cells[:_CELLS]:
        rendering.cell(cell)
    made = page.sanitised(
        source, "Notebook", "\n".join(rendering.parts), tuple(rendering.images),
        text.make(source.name, source.size, content[: page.PAGE_BYTES], "json"),
    )  # fmt: skip
    if len(cells) > _CELLS:
        return page.noted(made, f"The first {_CELLS:,} of {len(cells):,} cells are shown.")
    return made


def code_html(code: str, language: str) -> str:
    """Return code as HTML with the few tags that a sanitised page keeps."""
    spans = memoryview(text.highlight(code, language)).cast("I")
    if any(character > "\uffff" for character in code):
        spans = memoryview(b"").cast("I")  # their places count UTF-16 units
    parts, done = [], 0
    for start, length, kind in zip(spans[0::3], spans[1::3], spans[2::3], strict=True):
        tag = _TAGS.get(HIGHLIGHT_KINDS[kind])
        if tag is None:
            continue
        inner = html.escape(code[start : start + length])
        parts += [html.escape(code[done:start]), f"<{tag}>{inner}</{tag}>"]
        done = start + length
    return "".join((*parts, html.escape(code[done:])))


def _cells(notebook: Any) -> list[dict[str, Any]]:
    if not isinstance(notebook, dict):
        raise UnreadableError("It is not a notebook.")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # nbformat 3
        sheets = [each for each in notebook["worksheets"] if isinstance(each, dict)]
        cells = [cell for sheet in sheets for cell in sheet.get("cells", ())]
    if not isinstance(cells, list):
        raise UnreadableError("It has no cells, as a notebook has.")
    return [cell for cell in cells if isinstance(cell, dict)]


def _language(metadata: dict[str, Any]) -> str:
    for key in ("language_info", "kernelspec"):
        found = metadata.get(key)
        if isinstance(found, dict):
            name = found.get("pygments_lexer") or found.get("name") or found.get("language")
            if isinstance(name, str):
                return "python" if "python" in name.lower() else name
    return "python"


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(str(part) for part in value)
    return value if isinstance(value, str) else ""
