"""Counts the spans in the traces.json files of traces. Runs in the child."""

import json
import os
import time

from runcase.preview.confined import Folders
from runcase.preview.many import SLICE_S, FileIn, SpansAnswer, SpansQuestion

_MOST_BYTES = 64 << 20  # of one file


def answer(question: SpansQuestion) -> SpansAnswer:
    """Read files until the slice of time is over, at least one."""
    folders = Folders(question.folders)
    end = time.monotonic() + SLICE_S
    found: list[int] = []
    for file in question.files:
        found.append(_count(folders, file))
        if time.monotonic() > end:
            break
    return SpansAnswer(tuple(found))


def _count(folders: Folders, file: FileIn) -> int:
    try:
        with folders.open(file) as opened:
            if os.fstat(opened.fileno()).st_size > _MOST_BYTES:
                return 0
            content = json.load(opened)
    except (OSError, ValueError, RecursionError, MemoryError):
        return 0
    listed = content.get("spans") if isinstance(content, dict) else None
    return len(listed) if isinstance(listed, list) else 0
