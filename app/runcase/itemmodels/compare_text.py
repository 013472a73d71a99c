"""The compare table as text: what is shown, in full precision, as CSV, TSV, Markdown or LaTeX."""

from collections.abc import Sequence

from runcase.itemmodels.compare import Head
from runcase.itemmodels.compare_rows import Row
from runcase.store.export_text import csv_pieces, latex_pieces, markdown_pieces, tsv_pieces
from runcase.store.export_values import Head as Title
from runcase.store.export_values import Value, ValueKind

_PIECES = {
    "csv": csv_pieces,
    "tsv": tsv_pieces,
    "markdown": markdown_pieces,
    "latex": latex_pieces,
}
FORMS = tuple(_PIECES)


def table_text(heads: Sequence[Head], rows: Sequence[Row], form: str, transposed: bool) -> str:
    """Return rows as a table; "" stands for what was not logged.

    Args:
        heads: The runs.
        rows: The facts, in order.
        form: csv, tsv, markdown or latex.
        transposed: Whether each run is a line and each fact a column.
    """
    names = _different([head.label for head in heads], [head.run_id for head in heads])
    keys = [f"{row.above.key}.{row.key}" if row.above else row.key for row in rows]
    sections = [row.section.value for row in rows]
    columns: list[list[Value]]
    if transposed:
        titles = [Title("run", ValueKind.TEXT), Title("run_id", ValueKind.TEXT)]
        kinds = [ValueKind.TEXT if row.values is None else ValueKind.NUMBER for row in rows]
        texts = _different(keys, [f"{a} {b}" for a, b in zip(sections, keys, strict=True)])
        titles += [Title(text, kind) for text, kind in zip(texts, kinds, strict=True)]
        columns = [[head.label for head in heads], [head.run_id for head in heads]]
        columns += [[_value(row, run) for run in range(len(heads))] for row in rows]
    else:
        titles = [Title(name, ValueKind.TEXT) for name in ("section", "key", *names)]
        columns = [list(sections), list(keys)]
        columns += [[row.texts[run] for row in rows] for run in range(len(heads))]
    text = "".join(_PIECES[form](titles, [columns] if columns[0] else []))
    return text.encode("utf-8", "replace").decode("utf-8")


def _value(row: Row, run: int) -> Value:
    if row.values is None or row.texts[run] is None:
        return row.texts[run]
    return float(row.values[run])


def _different(texts: Sequence[str], longer: Sequence[str]) -> list[str]:
    """Return texts of which no two are alike: where two are, the longer spelling is used."""
    return [
        f"{text} ({more})" if texts.count(text) > 1 and more != text else text
        for text, more in zip(texts, longer, strict=True)
    ]
