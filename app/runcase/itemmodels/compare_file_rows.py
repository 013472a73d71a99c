"""Rows of the compare table that come from files: requirements and artifacts."""

from collections.abc import Mapping, Sequence

from runcase.itemmodels import formats
from runcase.itemmodels.compare_rows import Row, Section, row_of
from runcase.store.compare_files import Digests, Files


def environment_rows(found: Sequence[Mapping[str, str]]) -> list[Row]:
    """Return a row per package that a logged model of some run needs."""
    packages = sorted({package for each in found for package in each})
    return [
        row_of(Section.ENVIRONMENT, package, (each.get(package) for each in found))
        for package in packages
    ]


def artifact_rows(files: Files, digests: Digests | None = None) -> list[Row]:
    """Return a row per path: its files are the same by size, by SHA-256 where that is known."""
    rows = []
    for path in sorted({path for each in files for path in each}):
        texts: list[str | None] = []
        for run, each in enumerate(files):
            file = each.get(path)
            digest = digests[run].get(path) if digests is not None else None
            if file is None:
                texts.append(None)
            else:
                texts.append(f"sha256 {digest}" if digest else f"{file.size} bytes")
        row = row_of(Section.ARTIFACTS, path, texts)
        row.state = tuple(formats.size(each[path].size) if path in each else None for each in files)
        rows.append(row)
    return rows
