"""Answers `runcase info`: what a store is, what it holds, and where its artifacts are."""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runcase.headless.opened import opened
from runcase.store import artifact_roots
from runcase.store.artifact_roots import ArtifactRoot
from runcase.store.artifacts import ArtifactFinder
from runcase.store.engine import Store
from runcase.store.records import StoreSummary
from runcase.store.summary import summarise


@dataclass(frozen=True, slots=True)
class _Answer:
    summary: StoreSummary
    mode: str
    roots: tuple[ArtifactRoot, ...]


def info(path: str, as_json: bool) -> int:
    """Print what the store at a path is; returns the exit code.

    Raises:
        RuncaseError: The path is no store that can be read.
    """
    with opened(path) as store:
        answer = _answer(store)
        for note in answer.summary.notes[len(store.notes) :]:
            print(f"runcase: {note}", file=sys.stderr)
    if as_json:
        print(json.dumps(_as_json(answer), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(answer)))
    return 0


def _answer(store: Store) -> _Answer:
    finder = ArtifactFinder(store.path, store.folder)
    roots = artifact_roots.resolve(store, finder)
    return _Answer(summarise(store), str(store.mode), tuple(roots))


def _as_json(answer: _Answer) -> dict[str, Any]:
    found = answer.summary
    return {
        "path": str(found.path),
        "kind": found.kind,
        "revision": found.revision,
        "revision_known": found.known_revision,
        "mlflow_versions": found.mlflow_versions,
        "journal_mode": found.journal_mode,
        "opened_as": answer.mode,
        "size": found.size,
        "experiments": {"active": found.experiments, "deleted": found.deleted_experiments},
        "runs": {
            "active": found.runs,
            "deleted": found.deleted_runs,
            "running": found.running_runs,
        },
        "registered_models": found.registered_models,
        "prompts": found.prompts,
        "model_versions": found.model_versions,
        "logged_models": found.logged_models,
        "datasets": found.datasets,
        "traces": found.traces,
        "newest_start": found.newest_start,
        "artifact_roots": [
            {
                "stored": root.stored,
                "folder": None if root.folder is None else str(root.folder),
                "runs": root.runs,
                "resolved": root.resolved,
            }
            for root in answer.roots
        ],
        "notes": list(found.notes),
    }


def _lines(answer: _Answer) -> list[str]:
    found = answer.summary
    revision = found.revision or "none"
    # A file store has neither a journal nor a schema.
    journal = f", {found.journal_mode} journal" if found.journal_mode else ""
    deleted = f" ({found.deleted_experiments} deleted)" if found.deleted_experiments else ""
    facts = [
        ("Path", str(found.path)),
        ("Kind", f"{found.kind}{journal}, {found.size:,} bytes"),
        ("Schema", f"{revision} (MLflow {found.mlflow_versions})" if journal else ""),
        ("Opened", answer.mode),
        ("Experiments", f"{found.experiments:,}{deleted}"),
        ("Runs", _runs(found)),
        ("Newest run", _time(found.newest_start)),
        ("Models", f"{found.registered_models:,} registered, {found.model_versions:,} versions"),
        ("Prompts", f"{found.prompts:,}"),
        ("Logged models", f"{found.logged_models:,}"),
        ("Datasets", f"{found.datasets:,}"),
        ("Traces", f"{found.traces:,}"),
    ]
    lines = [f"{name:<14} {value}" for name, value in facts if value]
    lines += [f"{'Artifacts':<14} {_root(root)}" for root in answer.roots]
    return lines + [f"{'Note':<14} {note}" for note in found.notes]


def _runs(found: StoreSummary) -> str:
    extra = [
        f"{number:,} {word}"
        for number, word in ((found.deleted_runs, "deleted"), (found.running_runs, "running"))
        if number
    ]
    return f"{found.runs:,}" + (f" ({', '.join(extra)})" if extra else "")


def _root(root: ArtifactRoot) -> str:
    where = str(root.folder) if root.folder else "not on this machine"
    return f"{root.stored} → {where}, {root.resolved:,} of {root.runs:,} runs found"


def _time(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "–"
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return str(milliseconds)
