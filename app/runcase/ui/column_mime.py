"""A column of the runs table on its way by drag and drop: to a chart, or as text to the filter."""

from PySide6.QtCore import QByteArray, QMimeData

from runcase.itemmodels import columns as titles
from runcase.store.records import ColumnKey

COLUMN = "application/x-runcase-column"


def mime_of_column(key: ColumnKey) -> QMimeData:
    """Return a column as what is dragged; in a text it is dropped as the filter spells it."""
    from runcase.store.search_clauses import name_of  # loads the grammar, which few need at start

    mime = QMimeData()
    mime.setData(COLUMN, QByteArray(titles.encode(key).encode()))
    if key.how != titles.CURVE:
        mime.setText(name_of(key))
    return mime


def column_in(mime: QMimeData) -> ColumnKey | None:
    """Return the column that is dropped, None where something else is."""
    if not mime.hasFormat(COLUMN):
        return None
    return titles.decode(bytes(mime.data(COLUMN).data()).decode("utf-8", "replace"))
