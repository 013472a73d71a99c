"""Gives a frame what its rows in `runs` do not say: the parents, and the names of old runs."""

import numpy as np

from runcase.store.columns import TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame_arrays import PARENT, RUN_NAME, RunFrame
from runcase.store.frame_columns import load_columns
from runcase.store.frame_parents import parent_rows
from runcase.store.frame_texts import TextEncoder

_PIECE = 10_000  # names encoded in one go


def complete(connection: ReadConnection, frame: RunFrame) -> None:
    """Read the parents, and the names of runs that have none of their own; to be called once."""
    names = frame.attributes["run_name"]
    # The column is empty in stores written before MLflow 1.30.
    all_named = names.present.all()
    load_columns(connection, frame, [PARENT] if all_named else [PARENT, RUN_NAME])
    parents, tags = frame.columns[PARENT], frame.columns.get(RUN_NAME)
    assert isinstance(parents, TextColumn)
    if isinstance(tags, TextColumn) and not all_named:
        frame.attributes["run_name"] = _either(names, tags) if names.present.any() else tags
    frame.parent = parent_rows(parents, frame.ids)


def _either(names: TextColumn, tags: TextColumn) -> TextColumn:
    """Return the names, and where there is none the tags."""
    encoder = TextEncoder()
    count = len(names.codes)
    codes = np.empty(count, dtype=np.int32)
    for at in range(0, count, _PIECE):
        piece = range(at, min(at + _PIECE, count))
        codes[at : at + _PIECE] = encoder.add(
            [names.text(row) or tags.text(row) or None for row in piece]
        )
    codes, categories = encoder.finish(codes)
    return TextColumn(codes, categories, codes >= 0)
