"""The sentences of the overlay: what a drop will do, before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from runcase.store.dropped import DropKind, Dropped

_STORES = frozenset({DropKind.STORE, DropKind.FILE_STORE})
_NAMED = 4  # names that a line lists


@dataclass(frozen=True, slots=True)
class DropWords:
    """What the overlay says: the outcome, what happens to which file, and another way."""

    title: str
    text: str
    hint: str = ""


def drop_words(
    dropped: Sequence[Dropped], *, has_store: bool, is_untouched: bool, shift: bool
) -> DropWords:
    """Name the outcome of a drop on a window.

    Args:
        dropped: What is dragged.
        has_store: Whether the window shows a store.
        is_untouched: Whether it still shows the welcome page, which a store replaces.
        shift: Whether Shift is held.
    """
    stores = [each for each in dropped if each.kind in _STORES]
    others = [each for each in dropped if each.kind not in _STORES]
    if shift and can_compare(dropped) and has_store:
        name = stores[0].path.name
        return DropWords("Compare two stores", f"{name} beside the open store: runs and schema")
    hint = "Hold Shift to compare with the open store" if has_store and can_compare(dropped) else ""
    lines = []
    if stores:
        here = is_untouched and len(stores) == 1 and not others
        where = "in this window" if here else "new window" if len(stores) == 1 else "new windows"
        lines.append(f"{_names(stores)}: {where}, read-only")
    if others:
        lines.append(f"{_names(others)}: {_fate(others)}")
    return DropWords(_title(stores, others), "\n".join(lines), hint)


def can_compare(dropped: Sequence[Dropped]) -> bool:
    """Say whether this could be compared with the store that is open: it is one store."""
    return len(dropped) == 1 and dropped[0].kind in _STORES


def _title(stores: Sequence[Dropped], others: Sequence[Dropped]) -> str:
    if others and not stores and len(others) == 1:
        return {
            DropKind.MODEL: "Open this model",
            DropKind.FOLDER: "Look into this folder",
            DropKind.GONE: "This file is not there any more",
        }.get(others[0].kind, "Look inside")
    if stores and not others:
        return "Open this store" if len(stores) == 1 else f"Open {len(stores)} stores"
    if not stores and all(each.kind is DropKind.FILE for each in others):
        return f"Look inside {len(others)} files"
    parts = [_counted(len(stores), "store")] if stores else []
    for kind, noun in (
        (DropKind.MODEL, "model"),
        (DropKind.FOLDER, "folder"),
        (DropKind.FILE, "file"),
    ):
        count = sum(each.kind is kind for each in others)
        parts += [_counted(count, noun)] if count else []
    return f"Open {' and '.join([', '.join(parts[:-1]), parts[-1]] if parts[1:] else parts)}"


def _fate(others: Sequence[Dropped]) -> str:
    kinds = {each.kind for each in others}
    if kinds == {DropKind.MODEL}:
        return "opens without a store" if len(others) == 1 else "open without a store"
    if kinds == {DropKind.GONE}:
        return "nothing can be shown"
    if kinds == {DropKind.FOLDER}:
        return "a store in it is opened, else its files are listed"
    if len(others) > 1:
        return "in one list; nothing is executed, nothing is changed"
    return "nothing is executed, nothing is changed"


def _names(dropped: Sequence[Dropped]) -> str:
    shown = [
        f"{each.path.name}/{each.inside}" if each.inside else each.path.name
        for each in dropped[:_NAMED]
    ]
    more = len(dropped) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
