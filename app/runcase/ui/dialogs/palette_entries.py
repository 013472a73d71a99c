"""What the palette can find, and how well it matches what was typed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from runcase.itemmodels import formats
from runcase.itemmodels.navigator import Contents
from runcase.itemmodels.run_texts import run_duration, run_name
from runcase.store.records import RegisteredModel, Run
from runcase.ui import icons
from runcase.ui.actions import ActionSpec
from runcase.ui.location import Location, Place

# Fewer letters than these match too much once a typing mistake is allowed for.
_TYPO_LETTERS = 4
_TYPO_SCORE = 80.0
_ADDRESS = re.compile(r"/runs/([0-9A-Za-z]{8,64})(?:[/?#]|$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to choose: a command (`action`) or a place (`location`).

    `section` is Commands, Experiments, Models or Runs; `keys` are the caps of its shortcut.
    """

    section: str
    text: str
    note: str
    icon: str
    token: str = "text-2"
    keys: tuple[str, ...] = ()
    action: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that was found: its score, and which letters of its text matched."""

    entry: Entry
    score: float
    letters: tuple[int, ...] = ()


def command_entries(actions: Sequence[tuple[ActionSpec, bool]]) -> list[Entry]:
    """Return the enabled actions; the palette itself is not offered in the palette."""
    return [
        Entry(
            "Commands",
            f"{spec.submenu}: {spec.text}" if spec.submenu else spec.text,
            spec.menu,
            spec.icon or "chevron-right",
            keys=key_caps(spec),
            action=spec.id,
        )
        for spec, enabled in actions
        if enabled and spec.id != "palette"
    ]


def content_entries(contents: Contents) -> list[Entry]:
    """Return experiments, then registered models and prompts, each alias on its own."""
    found = [
        Entry(
            "Experiments",
            formats.one_line(each.name),
            "deleted" if each.lifecycle_stage == "deleted" else _runs(each.active_runs),
            "flask-conical",
            location=Location(Place.EXPERIMENT, each.experiment_id),
        )
        for each in contents.experiments
    ]
    for model in contents.models:
        found += _model_entries(model)
    return found


def run_entries(runs: Sequence[Run], names: dict[str, str], now_ms: int) -> list[Entry]:
    """Return found runs, deleted ones last; `names` are the experiments' names by id."""
    found = []
    for run in sorted(runs, key=lambda each: each.lifecycle_stage == "deleted"):
        icon, token = icons.STATUS_ICONS.get(run.status, ("clock", "muted"))
        parts = [names.get(run.experiment_id, ""), run.status.lower()]
        parts += [formats.age(run.start_time, now_ms), run_duration(run)]
        if run.lifecycle_stage == "deleted":
            parts.append("deleted")
        note = ", ".join(dict.fromkeys(part for part in parts if part))
        place = Location(Place.RUN, run.run_id)
        found.append(Entry("Runs", run_name(run), note, icon, token, location=place))
    return found


def key_caps(spec: ActionSpec) -> tuple[str, ...]:
    """Return the keys of a command, one after the other: ("Ctrl", "Shift", "O")."""
    if not spec.keys:
        return (spec.view_keys,) if spec.view_keys else ()
    text = QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
    head, plus, last = text.rpartition("+")
    if text.endswith("+"):  # the plus key itself
        head, plus, last = text[:-2], "+", "+"
    return tuple(part for part in (*head.split("+"), last) if part) if plus else (text,)


def wanted_run(text: str) -> str:
    """Return the run id of a pasted MLflow address, else the text itself."""
    found = _ADDRESS.search(text)
    return found.group(1) if found else text.strip()


def search(entries: Sequence[Entry], text: str) -> list[Match]:
    """Return the entries that match, best first; all of them for ""."""
    low = text.casefold().strip()
    if not low:
        return [Match(entry, 0.0) for entry in entries]
    typo = _typo_matcher(low)
    found = []
    for entry in entries:
        match = _match(entry, low) or typo(entry)
        if match is not None:
            found.append(match)
    return sorted(found, key=lambda match: (-match.score, len(match.entry.text), match.entry.text))


def letters_of(text: str, wanted: str) -> tuple[int, ...]:
    """Return where a text holds what was typed, for the highlight."""
    at = text.casefold().find(wanted.casefold()) if wanted else -1
    return tuple(range(at, at + len(wanted))) if at >= 0 else ()


def _match(entry: Entry, low: str) -> Match | None:
    """Match as a whole, then word by word, then letter by letter."""
    text = entry.text.casefold()
    if len(text) != len(entry.text):
        text = entry.text.lower()
    at = text.find(low)
    if at >= 0:
        start = 40.0 if at == 0 else 20.0 if not text[at - 1].isalnum() else 0.0
        share = 20.0 * len(low) / max(1, len(text))
        return Match(entry, 200.0 + start + share, tuple(range(at, at + len(low))))
    words = low.split()
    places = [text.find(word) for word in words]
    if len(words) > 1 and min(places) >= 0:
        letters = {at + n for at, word in zip(places, words, strict=True) for n in range(len(word))}
        return Match(entry, 180.0, tuple(sorted(letters)))
    note = entry.note.casefold()
    if len(words) > 1 and all(word in text or word in note for word in words):
        return Match(entry, 160.0, letters_of(entry.text, words[0]))
    letters_found = _in_order(text, low)
    if letters_found is not None:
        return Match(entry, 120.0 - letters_found[-1] + letters_found[0], letters_found)
    return None


def _in_order(text: str, low: str) -> tuple[int, ...] | None:
    """Find letters in order, the first of a word if possible: "go" in "Show Grid Off"."""
    starts = [at for at in range(len(text)) if at == 0 or not text[at - 1].isalnum()]
    initials = "".join(text[at] for at in starts)
    at = initials.find(low)
    if at >= 0:
        return tuple(starts[at : at + len(low)])
    return None


def _typo_matcher(low: str) -> Callable[[Entry], Match | None]:
    """Return what forgives a typing mistake, with rapidfuzz."""
    # Imported here: it is needed when something is typed, not when the window starts.
    from rapidfuzz import fuzz

    def match(entry: Entry) -> Match | None:
        if len(low) < _TYPO_LETTERS or len(entry.text) < len(low):
            return None
        found = fuzz.partial_ratio_alignment(low, entry.text.casefold(), score_cutoff=_TYPO_SCORE)
        if found is None:
            return None
        return Match(entry, found.score / 2, tuple(range(found.dest_start, found.dest_end)))

    return match


def _model_entries(model: RegisteredModel) -> list[Entry]:
    icon = "message-square" if model.is_prompt else "box"
    kind = "prompt, " if model.is_prompt else ""
    versions = f"{kind}{formats.counted(model.versions, 'version')}"
    place = Location(Place.MODEL, model.name, workspace=model.workspace)
    found = [Entry("Models", model.name, versions, icon, location=place)]
    for alias in model.aliases:
        place = Location(Place.MODEL, model.name, str(alias.version), workspace=model.workspace)
        text = f"{model.name} @{alias.name}"
        found.append(Entry("Models", text, f"{kind}v{alias.version}", icon, location=place))
    return found


def _runs(count: int) -> str:
    return formats.counted(count, "run")
