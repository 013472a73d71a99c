"""Every artifact of the stores beside the checkout, as its kind; `-s` prints the table."""

import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from runcase.preview.document import Request
from runcase.preview.worker import Worker
from shared import shared

# What a suffix, or a name without one, is shown as; a second kind is for some of its files.
KINDS = {
    ".hidden": "Text",
    "MLmodel": "Model",
    ".bin": "Text",  # the ones there are hold text
    ".csv": "Table",
    ".html": "Page",
    ".ipynb": "Page",
    ".json": "Tree Table",  # a table where MLflow logged one
    ".jsonl": "Table",
    ".md": "Page",
    ".npy": "Array",
    ".npz": "Array",
    ".onnx": "Facts",
    ".parquet": "Table",
    ".pkl": "Facts",
    ".png": "Image",
    ".py": "Text",
    ".skops": "Archive",
    ".svg": "Image",
    ".tsv": "Table",
    ".txt": "Text Bytes",  # bytes if it is empty
    ".webp": "Image",
    ".yaml": "Tree",
    ".zip": "Archive",
}


def artifacts(top: Path) -> list[Path]:
    """Return the files below artifact folders, one of each name and content."""
    found = {}
    for path in sorted(top.rglob("*")):
        if "artifacts" in path.relative_to(top).parts and path.is_file():
            digest = hashlib.sha256(path.read_bytes()).digest()
            found.setdefault((path.name, digest), path)
    return list(found.values())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("where", ["made", "real"])
def test_every_artifact_is_shown_as_its_kind(worker: Worker, where: str) -> None:
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    odd = []
    for path in artifacts(shared("stores", where)):
        document = worker.read(Request(str(path)))
        kind, suffix = type(document).__name__, path.suffix.lower() or path.name
        table[suffix][kind] += 1
        expected = KINDS.get(suffix, "Bytes Text").split()
        honest = kind == "Bytes" and document.size and document.note
        if kind not in expected and not honest:
            odd.append(f"{path}: {kind}")
        assert kind != "Bytes" or document.type
    for suffix in sorted(table):
        print(f"{suffix:12}", ", ".join(f"{n} {kind}" for kind, n in table[suffix].items()))
    assert odd == []
    assert table
