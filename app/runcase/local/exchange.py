"""Marks, views and filters as one JSON file, to take them to another machine or person.

The file is UTF-8 JSON, one object::

    {
      "runcase": "local marks",
      "version": 1,
      "store": {"runs": ["<run id>", …], "experiments": [["<id>", <creation time in ms>], …]},
      "marks": {"<run id>": {"star": true, "pin": true, "hidden": true, "color": 3, "note": "…"}},
      "views": [{"experiment": "<id>", "name": "…", "default": false, "view": {…}}],
      "filters": {"<name>": "<text of the filter>"}
    }

A mark names only what is set. `views` and `filters` may be missing. `view` holds the fields of
`records.View`. Importing merges: what the file sets wins, everything else stays.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from runcase.errors import RuncaseError
from runcase.local import views
from runcase.local.records import PLAIN, Mark
from runcase.local.views import Kept
from runcase.progress import Progress
from runcase.whole_file import whole_file

KIND = "local marks"
VERSION = 1
_LARGEST = 64_000_000  # bytes of a file
_MOST_MARKS = 2_000_000
_MOST_VIEWS = 10_000
_LONGEST_NOTE = 100_000  # characters
_LONGEST_ID = 256
_MOST_COLORS = 1_000_000
_CHUNK = 2_000

Fields = dict[str, bool | int | str | None]


class ExchangeError(RuncaseError):
    """A file cannot be imported."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a file of marks holds; `marks` names by run id the fields that are set."""

    run_ids: tuple[str, ...] = ()
    experiments: tuple[tuple[str, int], ...] = ()
    marks: Mapping[str, Fields] = field(default_factory=dict)
    views: tuple[Kept, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)


def set_fields(mark: Mark) -> Fields:
    """Return the fields of a mark that say something."""
    return {name: value for name, value in asdict(mark).items() if value != getattr(PLAIN, name)}


def write(
    path: Path, what: Exchange, *, overwrite: bool = False, progress: Progress | None = None
) -> None:
    """Write a file of marks, whole or not at all.

    Raises:
        WriteError: The place cannot be written, or holds something already.
        CancelledError: It was stopped; nothing is left behind.
    """
    with (
        whole_file(path, overwrite=overwrite) as beside,
        beside.open("w", encoding="utf-8", errors="replace", newline="\n") as file,
    ):
        file.writelines(_pieces(what, progress or Progress()))


def _pieces(what: Exchange, progress: Progress) -> Iterator[str]:
    head = {
        "runcase": KIND,
        "version": VERSION,
        "store": {"runs": what.run_ids, "experiments": what.experiments},
        "views": [
            {
                "experiment": kept.experiment_id,
                "name": kept.view.name,
                "default": kept.is_default,
                "view": json.loads(views.encode(kept.view)),
            }
            for kept in what.views
        ],
        "filters": dict(what.filters),
    }
    yield f'{json.dumps(head, ensure_ascii=False, indent=1)[:-2]},\n "marks": {{'
    for number, (run_id, fields) in enumerate(sorted(what.marks.items())):
        if number % _CHUNK == 0:
            progress.report(number, len(what.marks), "marks")
        said = f"{json.dumps(run_id)}: {json.dumps(fields, ensure_ascii=False)}"
        yield f"{',' if number else ''}\n  {said}"
    yield "\n }\n}\n"


def read(path: Path, progress: Progress | None = None) -> Exchange:
    """Read a file of marks.

    Raises:
        ExchangeError: It cannot be read, or is no such file; one sentence says why.
        CancelledError: It was stopped.
    """
    content = _object(path, _content(path, progress or Progress()))
    if content.get("runcase") != KIND:
        raise _bad(path, "it is no file of marks that Runcase wrote")
    version = content.get("version")
    if version != VERSION or isinstance(version, bool):
        raise _bad(path, "a newer Runcase wrote it")
    store = content.get("store", {})
    if not isinstance(store, dict):
        raise _bad(path, "what it says of its store is no object")
    return Exchange(
        tuple(each for each in _list(path, store, "runs") if isinstance(each, str)),
        tuple(_experiments(_list(path, store, "experiments"))),
        _marks(path, content.get("marks", {})),
        tuple(_views(path, _list(path, content, "views"))),
        _filters(path, content.get("filters", {})),
    )


def _content(path: Path, progress: Progress) -> object:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        # Called for each object: so that other threads get their turn in a large file.
        progress.check()
        return {_encodable(key): _encodable(value) for key, value in found}

    def constant(name: str) -> float:
        raise ValueError(name)  # NaN and Infinity are no JSON

    try:
        if not path.is_file():
            raise _bad(path, "it is no file")
        if path.stat().st_size > _LARGEST:
            raise _bad(path, f"it is larger than {_LARGEST // 1_000_000} MB")
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except OSError as error:
        raise _bad(path, f"{error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise _bad(path, "it is no UTF-8 text") from error
    except ValueError as error:
        raise _bad(path, "it is no valid JSON") from error
    except RecursionError as error:
        raise _bad(path, "it is nested too deeply") from error


def _encodable(value: Any) -> Any:
    """Replace halves of characters, which JSON can spell and SQLite cannot keep."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _object(path: Path, content: object) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise _bad(path, "it holds no JSON object")
    return content


def _list(path: Path, content: dict[str, Any], name: str) -> list[Any]:
    found = content.get(name, [])
    if not isinstance(found, list) or len(found) > _MOST_VIEWS:
        raise _bad(path, f"its {name} are no list, or too long a one")
    return found


def _experiments(listed: Sequence[object]) -> Iterator[tuple[str, int]]:
    for each in listed:
        if isinstance(each, list) and len(each) == 2:
            number, created = each
            if isinstance(number, str) and isinstance(created, int):
                yield number, created


def _marks(path: Path, content: object) -> dict[str, Fields]:
    if not isinstance(content, dict) or len(content) > _MOST_MARKS:
        raise _bad(path, "its marks are no object, or more than two million")
    found: dict[str, Fields] = {}
    for run_id, fields in content.items():
        if not 0 < len(run_id) <= _LONGEST_ID or not isinstance(fields, dict):
            raise _bad(path, f"the mark of run {run_id[:40]!r} cannot be read")
        found[run_id] = {name: fields[name] for name in _CHECKS if name in fields}
        for name, value in found[run_id].items():
            if not _CHECKS[name](value):
                raise _bad(path, f"the {name} of run {run_id[:40]!r} cannot be read")
    return found


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_color(value: object) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value is None or (whole and 0 <= value < _MOST_COLORS)  # type: ignore[operator]


def _is_note(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_NOTE


_CHECKS = {
    "star": _is_flag,
    "pin": _is_flag,
    "hidden": _is_flag,
    "color": _is_color,
    "note": _is_note,
}


def _views(path: Path, listed: Sequence[object]) -> Iterator[Kept]:
    for each in listed:
        if not isinstance(each, dict):
            raise _bad(path, "one of its views is no object")
        experiment, name = each.get("experiment"), each.get("name", "")
        if not isinstance(experiment, str) or not isinstance(name, str):
            raise _bad(path, "one of its views does not say of which experiment it is")
        view = views.of(name, each.get("view"))
        if name and view is not None:
            yield Kept(experiment, view, each.get("default") is True)


def _filters(path: Path, content: object) -> dict[str, str]:
    if not isinstance(content, dict) or len(content) > _MOST_VIEWS:
        raise _bad(path, "its filters are no object, or too many")
    return {
        name: text
        for name, text in content.items()
        if name and isinstance(text, str) and len(text) <= _LONGEST_NOTE
    }


def _bad(path: Path, why: str) -> ExchangeError:
    return ExchangeError(f"{path.name} cannot be imported: {why}.", "Nothing was changed.")
