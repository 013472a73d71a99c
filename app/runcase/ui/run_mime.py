"""Runs on their way by drag and drop: rows of a table, or a run id as text."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData

from runcase.store.run_refs import RunRef, joined, refs_of
from runcase.ui.dialogs.palette_entries import wanted_run

RUNS = "application/x-runcase-runs"
_MOST = 200
_LONGEST = 20_000  # letters of a dropped text that are looked through
_ID = re.compile(r"[0-9a-f]{32}")


def mime_of(run_ids: Sequence[str], store: str) -> QMimeData:
    """Return runs of a store as what is dragged; elsewhere it is dropped as their ids."""
    mime = QMimeData()
    text = joined(RunRef(run_id, store) for run_id in run_ids)
    mime.setData(RUNS, QByteArray(text.encode()))
    mime.setText("\n".join(run_ids))
    return mime


def refs_in(mime: QMimeData) -> tuple[RunRef, ...]:
    """Return the runs that are dropped: with their store, or by ids in a text, without one."""
    if mime.hasFormat(RUNS):
        return refs_of(bytes(mime.data(RUNS).data()).decode("utf-8", "replace"))[:_MOST]
    if not mime.hasText():
        return ()
    found = []
    for word in mime.text()[:_LONGEST].split():
        run_id = wanted_run(word.strip(",;'\""))
        if _ID.fullmatch(run_id.lower()):
            found.append(RunRef(run_id.lower()))
    return tuple(dict.fromkeys(found))[:_MOST]
