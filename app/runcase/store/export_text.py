"""Tables of runs as text: CSV, TSV for Excel, Markdown, LaTeX, JSON and Python."""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from runcase.progress import Progress
from runcase.store.export_values import Head, Rows, RunTable, Value, ValueKind, iso
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey

Chunks = Iterable[list[list[Value]]]

# What spreadsheets take for the beginning of a formula, the wide forms too; see OWASP's "CSV
# Injection". A text that is a number stays one.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\0]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&$#!]")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": "-{}",  # two of them would become a dash
    "\t": " ",
}
_LATEX_SIGNS = re.compile("[" + re.escape("".join(_LATEX)) + "]")
_SHAPELESS = re.compile("[\0-\x08\x0e-\x1f\x7f]")


class Format(StrEnum):
    """As what a table is written.

    TSV is tab-separated text in UTF-16 with a byte order mark, which is what Excel itself calls
    Unicode Text: it opens such a file with its columns apart and all letters right, in every
    language and without asking. Of a CSV it takes the separator from the system's language, and
    without a mark it reads UTF-8 as an old code page.
    """

    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    MARKDOWN = "markdown"
    LATEX = "latex"
    JSON = "json"
    PYTHON = "python"


def text_of(
    frame: RunFrame,
    rows: Rows,
    columns: Sequence[ColumnKey],
    form: str,
    *,
    titles: Sequence[str] | None = None,
    marks: Mapping[ColumnKey, Mapping[str, str]] | None = None,
    progress: Progress | None = None,
) -> str:
    """Return some rows as text for the clipboard.

    Args:
        frame: The runs, with the columns loaded.
        rows: Which of them, in order.
        columns: Which columns.
        form: A `Format` that is text.
        titles: A title for each column; None for MLflow's names.
        marks: The texts of columns of local marks, by run id.
        progress: Says how far it is, and when to stop.
    """
    table = RunTable(frame, rows, columns, titles=titles, marks=marks or {})
    text = "".join(pieces(Format(form), table, progress or Progress()))
    return text.encode("utf-8", "replace").decode("utf-8")


def pieces(form: Format, table: RunTable, progress: Progress) -> Iterator[str]:
    """Yield a table as text, some rows at a time."""
    return _PIECES[form](table.heads(), table.chunks(progress))


def plain(value: Value, kind: ValueKind) -> str:
    """Return a value in full precision: NaN and ±∞ as nan, inf, -inf, "" for a missing one."""
    if value is None:
        return ""
    if kind is ValueKind.TIME and isinstance(value, int):
        return iso(value)
    return str(value)


def csv_pieces(heads: Sequence[Head], chunks: Chunks) -> Iterator[str]:
    """Yield CSV as RFC 4180 has it: every value verbatim."""
    return _separated(heads, chunks, ",", str)


def tsv_pieces(heads: Sequence[Head], chunks: Chunks) -> Iterator[str]:
    """Yield tab-separated text in which no text of a store can act as a formula.

    An apostrophe goes before texts that begin like a formula; numbers stay as they are, those in
    params and tags too.
    """
    return _separated(heads, chunks, "\t", unarmed)


def unarmed(text: str) -> str:
    """Return a text that a spreadsheet takes for a text, or for the number that it is."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _separated(
    heads: Sequence[Head], chunks: Chunks, delimiter: str, guarded: Callable[[str], str]
) -> Iterator[str]:
    out = io.StringIO(newline="")
    # With this line end a lone carriage return is quoted, too.
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guarded(head.title) for head in heads])
    yield out.getvalue()
    for chunk in chunks:
        out.seek(0)
        out.truncate()
        columns = [_plain_column(head, values) for head, values in zip(heads, chunk, strict=True)]
        for at, head in enumerate(heads):
            if head.kind is ValueKind.TEXT:
                columns[at] = list(map(guarded, columns[at]))
        writer.writerows(zip(*columns, strict=True))
        yield out.getvalue()


def _plain_column(head: Head, values: Sequence[Value]) -> list[str]:
    return [plain(value, head.kind) for value in values]


def markdown_pieces(heads: Sequence[Head], chunks: Chunks) -> Iterator[str]:
    """Yield a table of GitHub's Markdown; a line break within a value becomes <br>."""
    yield _markdown_line(markdown(head.title) for head in heads)
    yield _markdown_line("---:" if _is_right(head) else ":---" for head in heads)
    for chunk in chunks:
        columns = [
            list(map(markdown, _plain_column(head, values)))
            for head, values in zip(heads, chunk, strict=True)
        ]
        yield "".join(_markdown_line(cells) for cells in zip(*columns, strict=True))


def _markdown_line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def markdown(text: str) -> str:
    """Return a text that Markdown shows as it is, within a cell of a table."""
    clean = _SHAPELESS.sub("�", _MARKDOWN.sub(r"\\\g<0>", _BREAK.sub("\n", text)))
    # A bare address would become a link, which is harmless.
    return clean.replace("\t", " ").replace("\n", "<br>")


def latex_pieces(heads: Sequence[Head], chunks: Chunks) -> Iterator[str]:
    """Yield a tabular of the package booktabs; a line break within a value becomes a space."""
    yield "% \\usepackage{booktabs,textcomp}, and \\usepackage[T1]{fontenc} with pdfLaTeX\n"
    yield f"\\begin{{tabular}}{{{''.join('r' if _is_right(head) else 'l' for head in heads)}}}\n"
    yield "\\toprule\n"
    yield _latex_line(latex(head.title) for head in heads)
    yield "\\midrule\n"
    for chunk in chunks:
        columns = [
            [_latex_cell(value, head.kind) for value in values]
            for head, values in zip(heads, chunk, strict=True)
        ]
        yield "".join(_latex_line(cells) for cells in zip(*columns, strict=True))
    yield "\\bottomrule\n\\end{tabular}\n"


def _latex_line(cells: Iterable[str]) -> str:
    return f"{' & '.join(cells)} \\\\\n"


def _latex_cell(value: Value, kind: ValueKind) -> str:
    if kind in (ValueKind.NUMBER, ValueKind.INTEGER) and isinstance(value, int | float):
        text = str(value)
        return f"$-${text[1:]}" if text.startswith("-") else text
    return latex(plain(value, kind))


def latex(text: str) -> str:
    """Return a text that LaTeX typesets as it is, on one line."""
    one_line = _SHAPELESS.sub("�", _BREAK.sub(" ", text))
    escaped = _LATEX_SIGNS.sub(lambda sign: _LATEX[sign[0]], one_line)
    # After \\ of the line before, [ would begin a length.
    return f"{{}}{escaped}" if escaped.startswith(("[", "*")) else escaped


def json_pieces(heads: Sequence[Head], chunks: Chunks) -> Iterator[str]:
    """Yield a JSON list of objects; nan, inf and -inf are texts, as JSON has no such numbers."""
    return _objects(heads, chunks, lambda value: value if _is_finite(value) else str(value), _json)


def python_pieces(heads: Sequence[Head], chunks: Chunks) -> Iterator[str]:
    """Yield a Python list of dicts, which any Python reads without an import."""
    return _objects(heads, chunks, lambda value: value, _python)


def _objects(
    heads: Sequence[Head],
    chunks: Chunks,
    spelled: Callable[[Value], Value],
    line: Callable[[dict[str, Value]], str],
) -> Iterator[str]:
    yield "["
    between = "\n"
    for chunk in chunks:
        columns = [
            [iso(value) if isinstance(value, int) else value for value in values]
            if head.kind is ValueKind.TIME
            else [spelled(value) for value in values]
            for head, values in zip(heads, chunk, strict=True)
        ]
        lines = []
        for cells in zip(*columns, strict=True):
            pairs = zip(heads, cells, strict=True)
            lines.append(f"{between}{line({head.title: cell for head, cell in pairs})}")
            between = ",\n"
        yield "".join(lines)
    yield "\n]\n"


def _json(found: dict[str, Value]) -> str:
    return json.dumps(found, ensure_ascii=False)


def _python(found: dict[str, Value]) -> str:
    pairs = (f"{key!r}: {_python_value(value)}" for key, value in found.items())
    return f"{{{', '.join(pairs)}}}"


def _python_value(value: Value) -> str:
    return repr(value) if _is_finite(value) else f"float({str(value)!r})"


def _is_finite(value: Value) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _is_right(head: Head) -> bool:
    return head.kind in (ValueKind.NUMBER, ValueKind.INTEGER)


_PIECES: dict[Format, Callable[[Sequence[Head], Chunks], Iterator[str]]] = {
    Format.CSV: csv_pieces,
    Format.TSV: tsv_pieces,
    Format.MARKDOWN: markdown_pieces,
    Format.LATEX: latex_pieces,
    Format.JSON: json_pieces,
    Format.PYTHON: python_pieces,
}
