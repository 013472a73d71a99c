"""The difference of two texts: lines side by side, and which letters of a line changed."""

import difflib
import json
from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

Span = tuple[int, int]  # first letter, the one after the last

# Comparing is quadratic at worst: so many lines between the common beginning and end are compared.
_MOST_LINES = 4_000
_LONGEST_LINE = 600  # letters that are compared one by one
_MOST_PAIRS = 300  # changed lines whose letters are compared
_MOST_SHOWN = 20_000  # lines of the answer
_AROUND = 3  # unchanged lines that stay beside a change


class Change(StrEnum):
    """What became of a line."""

    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of both texts; a side that lacks it has no number, counted from 1, and no text."""

    change: Change
    left: int | None
    right: int | None
    left_text: str = ""
    right_text: str = ""
    left_spans: tuple[Span, ...] = ()
    right_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDifference:
    """Two texts beside each other; `note` says what was left out.

    `is_json` says that both are JSON, and so can be laid out alike.
    """

    lines: tuple[Line, ...]
    added: int
    removed: int
    note: str = ""
    is_json: bool = False


class Tone(StrEnum):
    """How a pane shows a line."""

    PLAIN = "plain"
    REMOVED = "removed"
    ADDED = "added"
    ABSENT = "absent"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Fold:
    """Unchanged lines that are left out; `first` is where they begin among all lines, from 0."""

    first: int
    lines: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of one pane, with its number on each side that the pane stands for.

    `fold` is where the lines begin that it stands for, if it stands for some.
    """

    numbers: tuple[int | None, ...]
    tone: Tone
    text: str = ""
    spans: tuple[Span, ...] = ()
    fold: int | None = None


def difference(left: str, right: str) -> TextDifference:
    """Compare two texts line by line."""
    note = ""
    a, b = left.splitlines(), right.splitlines()
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    lines = [_same(a, at, at) for at in range(start)]
    middle = a[start : len(a) - end], b[start : len(b) - end]
    if max(map(len, middle)) > _MOST_LINES:
        note = f"Too many lines differ: from line {start + 1:,} on they stand as they are."
        opcodes = [("replace", 0, len(middle[0]), 0, len(middle[1]))]
    else:
        matcher = difflib.SequenceMatcher(None, *middle)
        opcodes = list(matcher.get_opcodes())
    for tag, a1, a2, b1, b2 in opcodes:
        if tag == "equal":
            lines += [_same(a, start + a1 + at, start + b1 + at) for at in range(a2 - a1)]
        else:
            lines += _changed(a, b, (start + a1, start + a2), (start + b1, start + b2))
    lines += [_same(a, len(a) - end + at, len(b) - end + at) for at in range(end)]
    added = sum(line.right is not None for line in lines if line.change is not Change.SAME)
    removed = sum(line.left is not None for line in lines if line.change is not Change.SAME)
    if len(lines) > _MOST_SHOWN:
        note = f"Only the first {_MOST_SHOWN:,} of {len(lines):,} lines are shown."
    return TextDifference(tuple(lines[:_MOST_SHOWN]), added, removed, note)


def folded(lines: Sequence[Line], opened: Container[int] = ()) -> list[Line | Fold]:
    """Leave out unchanged lines that are far from a change; folds that begin at `opened` stay open.

    Texts without a difference are not folded.
    """
    shown: list[Line | Fold] = []
    at = 0
    for is_same, run in groupby(lines, key=lambda line: line.change is Change.SAME):
        part = list(run)
        before = _AROUND if at else 0
        after = _AROUND if at + len(part) < len(lines) else 0
        hidden = len(part) - before - after
        first = at + before
        # A line that stands for one line saves nothing.
        if is_same and 1 < hidden < len(lines) and first not in opened:
            shown += [*part[:before], Fold(first, hidden), *part[len(part) - after :]]
        else:
            shown += part
        at += len(part)
    return shown


def sides(lines: Sequence[Line | Fold]) -> tuple[list[Shown], list[Shown]]:
    """Return the lines of two panes side by side; each has a line where the other one has."""
    left, right = [], []
    for each in lines:
        if isinstance(each, Fold):
            left.append(_left_out(each, 1))
            right.append(_left_out(each, 1))
            continue
        same = each.change is Change.SAME
        gone = Tone.PLAIN if same else Tone.REMOVED if each.left is not None else Tone.ABSENT
        new = Tone.PLAIN if same else Tone.ADDED if each.right is not None else Tone.ABSENT
        left.append(Shown((each.left,), gone, each.left_text, each.left_spans))
        right.append(Shown((each.right,), new, each.right_text, each.right_spans))
    return left, right


def unified(lines: Sequence[Line | Fold]) -> list[Shown]:
    """Return the lines of one pane: of each change what was removed, then what was added."""
    shown: list[Shown] = []
    added: list[Shown] = []
    for each in lines:
        if isinstance(each, Fold) or each.change is Change.SAME:
            shown += added
            added = []
        if isinstance(each, Fold):
            shown.append(_left_out(each, 2))
            continue
        if each.change is Change.SAME:
            shown.append(Shown((each.left, each.right), Tone.PLAIN, each.left_text))
            continue
        if each.left is not None:
            shown.append(Shown((each.left, None), Tone.REMOVED, each.left_text, each.left_spans))
        if each.right is not None:
            numbers = (None, each.right)
            added.append(Shown(numbers, Tone.ADDED, each.right_text, each.right_spans))
    return shown + added


def laid_out(text: str) -> str | None:
    """Return JSON sorted by key and indented, None where a text is no JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False, sort_keys=True)
    except (ValueError, RecursionError):
        return None


def _left_out(fold: Fold, columns: int) -> Shown:
    text = f"⋯ {fold.lines:,} unchanged lines"
    return Shown((None,) * columns, Tone.FOLDED, text, fold=fold.first)


def _same(a: list[str], left: int, right: int) -> Line:
    return Line(Change.SAME, left + 1, right + 1, a[left], a[left])


def _changed(a: list[str], b: list[str], old: Span, new: Span) -> list[Line]:
    lines = []
    for at in range(max(old[1] - old[0], new[1] - new[0])):
        left, right = old[0] + at, new[0] + at
        if left < old[1] and right < new[1]:
            spans = _letters(a[left], b[right]) if at < _MOST_PAIRS else ((), ())
            lines.append(Line(Change.CHANGED, left + 1, right + 1, a[left], b[right], *spans))
        elif left < old[1]:
            lines.append(Line(Change.REMOVED, left + 1, None, left_text=a[left]))
        else:
            lines.append(Line(Change.ADDED, None, right + 1, right_text=b[right]))
    return lines


def _letters(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return which letters differ; none of long lines, or of lines with little in common."""
    if max(len(left), len(right)) > _LONGEST_LINE:
        return (), ()
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < 0.5:
        return (), ()
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        tuple((a1, a2) for _, a1, a2, _, _ in codes if a2 > a1),
        tuple((b1, b2) for _, _, _, b1, b2 in codes if b2 > b1),
    )
