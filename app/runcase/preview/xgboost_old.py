"""XGBoost's old binary models, which it wrote up to version 2 (dmlc/xgboost, learner.cc).

They are structs of C one behind the other: of the learner, the booster, and of each tree.
"""

import struct

from runcase.errors import UnreadableError
from runcase.preview.facts import Facts
from runcase.preview.source import Source
from runcase.preview.wire import Cursor

MAGIC = b"binf"
_LEARNER, _BOOSTER, _TREE, _NODE, _STATISTIC = 136, 160, 148, 20, 16
_TREES, _ATTRIBUTES, _NAME_BYTES = 1_000_000, 200, 64
_TREE_BOOSTERS = ("gbtree", "dart")
_VALUE_CHARACTERS = 300


def looks(source: Source) -> bool:
    """Say whether a file begins as one without a mark: the booster's name is where it would be."""
    place = _LEARNER
    for _ in range(2):
        length = int.from_bytes(source.head[place : place + 8], "little")
        name = source.head[place + 8 : place + 8 + length]
        if not 3 <= length <= _NAME_BYTES or not name.isascii():
            return False
        place += 8 + length
    return name in (b"gbtree", b"dart", b"gblinear")


def read(source: Source) -> Facts:
    """Describe a model of XGBoost's old format; raises `UnreadableError`."""
    with source.open() as file:
        start = len(MAGIC) if source.head.startswith(MAGIC) else 0
        cursor = Cursor(file, source.size, start)
        base, features, classes, noted, _, major, minor = struct.unpack("<fIiiiII", cursor.take(28))
        cursor.go(start + _LEARNER)
        objective, booster = _text(cursor), _text(cursor)
        facts = [
            ("Version", f"{major}.{minor}" if major else "before 1.0"),
            ("Booster", booster),
            ("Objective", objective),
        ]
        metadata: tuple[tuple[str, str], ...] = ()
        if booster in _TREE_BOOSTERS:
            facts += _trees(cursor)
            if booster == "dart":  # a weight for each tree
                cursor.skip(4 * cursor.number("Q"))
            metadata = _attributes(cursor) if noted else ()
    facts += [
        ("Features", f"{features:,}"),
        ("Classes", f"{classes:,}" if classes > 0 else ""),
        ("Base score", f"{base:.6g}"),
    ]
    shown = tuple((name, value) for name, value in facts if value)
    form = "XGBoost model (old binary)"
    return Facts(source.name, source.size, "", form, shown, metadata=metadata)


def _trees(cursor: Cursor) -> list[tuple[str, str]]:
    """Pass over the trees and count their nodes."""
    count = cursor.number("i")
    cursor.skip(_BOOSTER - 4)
    if not 0 <= count <= min(_TREES, cursor.left // _TREE):
        raise UnreadableError(f"It claims {count:,} trees.")
    nodes = []
    for _ in range(count):
        cursor.skip(4)
        nodes.append(cursor.number("i"))
        cursor.skip(_TREE - 8)
        cursor.skip(nodes[-1] * (_NODE + _STATISTIC))
    cursor.skip(4 * count)  # the group of each tree
    return [
        ("Trees", f"{count:,}"),
        ("Nodes", f"{sum(nodes):,}"),
        ("Largest tree", f"{max(nodes):,} nodes" if nodes else ""),
    ]


def _attributes(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    count = cursor.number("Q")
    return tuple((_text(cursor), _text(cursor)) for _ in range(min(count, _ATTRIBUTES)))


def _text(cursor: Cursor) -> str:
    return cursor.take(cursor.number("Q")).decode("utf-8", "replace")[:_VALUE_CHARACTERS]
