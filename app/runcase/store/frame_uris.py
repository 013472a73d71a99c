"""Reads where the artifacts of runs are: one long text a run, which few columns ever need."""

import json

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from runcase.store import salvage, schema
from runcase.store.columns import TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame_arrays import RunFrame
from runcase.store.frame_texts import TextEncoder
from runcase.store.values import text_or_none

_CHUNK = 5_000  # runs a statement


def artifact_uris(
    connection: ReadConnection, frame: RunFrame, rows: npt.NDArray[np.int64]
) -> TextColumn:
    """Return the column artifact_uri, complete if it was read for all rows."""
    runs = schema.runs.c
    statement = select(runs.rowid, connection.features.column(runs.artifact_uri)).where(
        schema.among(runs.rowid, "rowids")
    )
    encoder = TextEncoder()
    codes = np.full(len(frame), -1, dtype=np.int32)
    by_rowid = rows[np.argsort(frame.rowid[rows], kind="stable")]
    for at in range(0, len(rows), _CHUNK):
        piece = by_rowid[at : at + _CHUNK]
        wanted = frame.rowid[piece]
        parameters = {"rowids": json.dumps(wanted.tolist())}
        found = salvage.rows(connection, statement, schema.runs, "runs", parameters)
        rowids = np.array([row[0] for row in found], dtype=np.int64)
        texts = [text_or_none(row[1]) for row in found]
        codes[piece[np.searchsorted(wanted, rowids)]] = encoder.add(texts)
        connection.progress.report(at + len(piece), len(rows), "artifact locations")
    codes, categories = encoder.finish(codes)
    return TextColumn(codes, categories, codes >= 0, complete=len(rows) == len(frame))
