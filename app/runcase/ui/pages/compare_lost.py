"""The words on the compare page for runs that are left out: gone, or of a store that is closed."""

from collections.abc import Sequence

from runcase.itemmodels import formats
from runcase.itemmodels.compare_stores import Compared
from runcase.store.run_refs import RunRef, store_name


def left_out(compared: Compared) -> list[str]:
    """Return what the status bar says."""
    parts = []
    if compared.gone:
        parts.append(f"{_counted(compared.gone)} gone")
    for store, refs in _by_store(compared.lost):
        parts.append(f"{formats.counted(len(refs), 'run')} of {store_name(store)} left out")
    return parts


def left_out_now(before: Compared | None, compared: Compared) -> str:
    """Return one sentence on what has just been found to be left out, "" when nothing has."""
    known = before.lost if before is not None else ()
    lost = [ref for ref in compared.lost if ref not in known]
    sentences = []
    for store, refs in _by_store(lost):
        its = "its run is" if len(refs) == 1 else f"its {len(refs)} runs are"
        what = "cannot be read any more" if store in compared.broken else "is not open"
        sentences.append(f"{store_name(store)} {what}, so {its} left out.")
    gone = compared.gone
    if gone and before is None:
        them = "it" if len(gone) == 1 else "them"
        sentences.append(
            f"{_counted(gone)} not in the store any more; the others are compared without {them}."
        )
    return " ".join(sentences)


def too_few(compared: Compared) -> str:
    """Return why there is nothing to compare, and what to do."""
    sentences = []
    if compared.gone:
        sentences.append(f"{_counted(compared.gone)} not in the store any more.")
    for store, refs in _by_store(compared.lost):
        its = "run" if len(refs) == 1 else f"{len(refs)} runs"
        what = "cannot be read" if store in compared.broken else "is not open"
        sentences.append(f"{store_name(store)} {what}: open it again to compare its {its}.")
    if not compared.lost:
        sentences.append("Choose two runs or more in an experiment's table.")
    return " ".join(sentences)


def _counted(refs: Sequence[RunRef]) -> str:
    return f"{formats.counted(len(refs), 'run')} {'is' if len(refs) == 1 else 'are'}"


def _by_store(refs: Sequence[RunRef]) -> list[tuple[str, list[RunRef]]]:
    stores = dict.fromkeys(ref.store for ref in refs)
    return [(store, [ref for ref in refs if ref.store == store]) for store in stores]
