"""Writes Python that finds the shown runs again with MLflow's client."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from runcase.errors import FilterError
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.store.search import Filter, OrderClause, parse, parse_order

_Rows = npt.NDArray[np.int64]

MOST_IDS = 1_000  # of a list of run ids in the snippet
_IDS_A_QUERY = 200
_LONGEST = 200  # characters of a filter in a comment
_WIDTH = 88  # of a comment
_PAGE = 1_000  # runs that MLflow returns at a time
# In order_by, MLflow reads backticks as double quotes, and what is in them as a shell does.
_UNSAID = frozenset('`"\\')
_VIEWS = {
    Lifecycle.ACTIVE: "ACTIVE_ONLY",
    Lifecycle.DELETED: "DELETED_ONLY",
    Lifecycle.ALL: "ALL",
}


@dataclass(frozen=True, slots=True)
class _Query:
    """What MLflow is asked, and whether that gives the same runs, and in the same order."""

    filter: str
    order: tuple[str, ...]
    same_runs: bool
    same_order: bool


def snippet(
    tracking_uri: str,
    frame: RunFrame,
    rows: _Rows,
    filter_text: str,
    sort: Sequence[tuple[ColumnKey, bool]],
) -> str:
    """Return a program that leaves the shown runs in the list `runs`, in their order.

    Where MLflow's own filter and ordering find them, it is one query. Where they do not, a comment
    says why, and the runs are named one by one as far as `MOST_IDS` goes.

    Args:
        tracking_uri: The store, see `tracking_uri_of`.
        frame: The runs, with the columns of filter and sort loaded.
        rows: Those that are shown, in order, as a list: neither nested nor grouped.
        filter_text: The filter, one that can be parsed.
        sort: Columns and whether each is descending, the most important first.
    """
    query = _query(frame, rows, parse(filter_text), sort)
    view = f"ViewType.{_VIEWS[frame.lifecycle]}"
    experiments = _experiments(frame)
    why, many = "", len(rows) > MOST_IDS
    if not query.same_runs:
        why = _other_runs(filter_text)
    elif not query.same_order:
        why = _other_order(sort)
    if why and many:
        why += f" This finds {'all' if query.same_runs else 'others, too, besides'} the "
        why += f"{len(rows):,} runs, which are too many to name them one by one."
    elif why:
        why += f" So the {len(rows):,} runs are named one by one."
    if why and not many:
        body = _by_id(experiments, frame.ids.take(rows), view)
    else:
        body = _search(experiments, query, view)
    head = [
        "from mlflow import MlflowClient",
        "from mlflow.entities import ViewType",
        "",
        f"client = MlflowClient(tracking_uri={tracking_uri!r})",
    ]
    return "\n".join([*head, *_comment(why), *body]) + "\n"


def tracking_uri_of(store: Path) -> str:
    """Return MLflow's address of a database file or of the folder of a file store."""
    path = store.absolute()
    if path.is_dir():
        return path.as_uri()
    # MLflow takes %23 for #, and what follows a ? for options.
    return f"sqlite:///{path.as_posix().replace('%', '%25').replace('?', '%3F')}"


def _query(
    frame: RunFrame, rows: _Rows, wanted: Filter, sort: Sequence[tuple[ColumnKey, bool]]
) -> _Query:
    order = tuple(_order_clauses(sort))
    if not wanted.is_mlflow:
        return _Query(_nearest(wanted), order, False, False)
    matching = np.flatnonzero(wanted.mask(frame))
    if not np.array_equal(matching, np.sort(rows)):
        return _Query(wanted.text, order, False, False)
    # Compared and not reasoned about: texts that are numbers sort in two ways, but often alike.
    same = bool(np.array_equal(parse_order(order).apply(frame, matching), rows))
    return _Query(wanted.text, order, True, same)


def _nearest(wanted: Filter) -> str:
    """Return the parts of a filter that MLflow takes; it finds at least the same runs."""
    if any(clause.has_open_or for clause in wanted.clauses):
        return ""
    parts = [wanted.text[clause.start : clause.end].strip() for clause in wanted.clauses]
    return " AND ".join(part for part in parts if _is_mlflow(part))


def _is_mlflow(text: str) -> bool:
    try:
        return bool(text) and parse(text).is_mlflow
    except FilterError:
        return False


def _order_clauses(sort: Sequence[tuple[ColumnKey, bool]]) -> Iterable[str]:
    """Yield the order_by clauses of the columns that MLflow can order by, up to one it cannot."""
    for key, descending in sort:
        clause = _order_clause(key, descending)
        if clause is None:
            return
        yield clause


def _order_clause(key: ColumnKey, descending: bool) -> str | None:
    if key.how or key.kind not in (Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.ATTRIBUTE):
        return None
    if _UNSAID & set(key.key):
        return None
    clause = f"{key.kind}s.`{key.key}` {'DESC' if descending else 'ASC'}"
    try:
        parsed = parse_order([clause]).clauses
    except FilterError:
        return None
    return clause if parsed == (OrderClause(key, descending),) else None


def _experiments(frame: RunFrame) -> list[str]:
    if frame.experiment_ids is not None:
        return list(frame.experiment_ids)
    return sorted(frame.attribute("experiment_id").categories)


def _search(experiments: Sequence[str], query: _Query, view: str) -> list[str]:
    return [
        "runs, token = [], None",
        "while True:",
        "    page = client.search_runs(",
        f"        experiment_ids={list(experiments)!r},",
        f"        filter_string={query.filter!r},",
        f"        run_view_type={view},",
        f"        max_results={_PAGE},",
        f"        order_by={list(query.order)!r},",
        "        page_token=token,",
        "    )",
        "    runs.extend(page)",
        "    token = page.token",
        "    if not token:",
        "        break",
    ]


def _by_id(experiments: Sequence[str], run_ids: Sequence[str], view: str) -> list[str]:
    return [
        "wanted = [",
        *(f"    {run_id!r}," for run_id in run_ids),
        "]",
        "found = {}",
        f"for at in range(0, len(wanted), {_IDS_A_QUERY}):",
        f"    names = ', '.join(map(repr, wanted[at : at + {_IDS_A_QUERY}]))",
        "    page = client.search_runs(",
        f"        experiment_ids={list(experiments)!r},",
        '        filter_string=f"attributes.run_id IN ({names})",',
        f"        run_view_type={view},",
        f"        max_results={_IDS_A_QUERY},",
        "    )",
        "    found.update((run.info.run_id, run) for run in page)",
        "runs = [found[run_id] for run_id in wanted if run_id in found]",
    ]


def _other_order(sort: Sequence[tuple[ColumnKey, bool]]) -> str:
    if any(key.kind in (Kind.PARAM, Kind.TAG) for key, _ in sort):
        return "MLflow sorts params and tags as texts, 10 before 9, so its order is another."
    return "MLflow cannot sort as the table does."


def _other_runs(filter_text: str) -> str:
    if not filter_text.strip():
        return "MLflow cannot say which of the runs are shown."
    shown = filter_text if len(filter_text) <= _LONGEST else f"{filter_text[:_LONGEST]}…"
    return f"MLflow cannot say the filter {shown!r}."


def _comment(text: str) -> list[str]:
    """Return sentences as lines of comment; a line break in a filter must not end the comment."""
    lines: list[str] = []
    for word in text.split():
        if not lines or len(lines[-1]) + len(word) > _WIDTH:
            lines.append("#")
        lines[-1] += f" {word}"
    return lines
