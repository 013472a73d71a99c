"""JSON as text in one layout: sorted by key and indented, so that only values can differ."""

import json
from array import array
from collections.abc import Iterator

from runcase.preview.document import NODE_KINDS, Tree

_INDENT = "  "
_DEEPEST = 200
_CUT = " …"


def laid_out(tree: Tree) -> str | None:
    """Return a JSON tree as text, its numbers as the file spells them.

    None where the worker left parts of the file out, or where it is nested too deep.
    """
    if tree.source.language != "json" or tree.shown != tree.counts:
        return None
    if any(value.endswith(_CUT) for value in tree.values):
        return None
    try:
        return "\n".join(_Layout(tree).lines(0, "", 0))
    except (_NoTreeError, IndexError):
        return None


class _NoTreeError(Exception):
    """Nodes are nested too deep, or are below more than one other: a worker may send anything."""


class _Layout:
    """Writes the nodes of a tree; `first` and `counts` as in the tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._left = len(tree.keys)  # nodes that have not been written yet
        self._first, self._counts = array("I"), array("I")
        self._first.frombytes(tree.first)
        self._counts.frombytes(tree.counts)

    def lines(self, node: int, key: str, depth: int) -> Iterator[str]:
        """Yield the lines of a node; `key` stands before it."""
        self._left -= 1
        if depth > _DEEPEST or self._left < self._counts[node]:
            raise _NoTreeError
        before = f"{_INDENT * depth}{key}"
        kind = NODE_KINDS[self._tree.kinds[node]]
        count = self._counts[node]
        if kind not in ("object", "array"):
            yield f"{before}{self._leaf(node, kind)}"
            return
        ends = "{}" if kind == "object" else "[]"
        if not count:
            yield f"{before}{ends}"
            return
        yield f"{before}{ends[0]}"
        children = list(range(self._first[node], self._first[node] + count))
        if kind == "object":
            children.sort(key=self._tree.keys.__getitem__)
        for child in children:
            name = self._tree.keys[child]
            spelled = f"{json.dumps(name, ensure_ascii=False)}: " if kind == "object" else ""
            *above, last = self.lines(child, spelled, depth + 1)
            yield from above
            yield last if child == children[-1] else f"{last},"
        yield f"{_INDENT * depth}{ends[1]}"

    def _leaf(self, node: int, kind: str) -> str:
        value = self._tree.values[node]
        return json.dumps(value, ensure_ascii=False) if kind == "string" else value
