"""How a run of this store or of another one is written down where runs are listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote, unquote

_COMMON = "mlflow.db"


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run: its id, and the path of its store where that is not the one at hand."""

    run_id: str
    store: str = ""

    @property
    def spelled(self) -> str:
        """Return it as one word without a comma, such as `3f…9` or `3f…9@/data/mlflow.db`."""
        return spelled(self.run_id, self.store)


def spelled(run_id: str, store: str = "") -> str:
    """Return a run as one word; `refs_of` reads it again."""
    word = quote(run_id, safe="")
    return f"{word}@{quote(store, safe='/:')}" if store else word


def store_name(path: str) -> str:
    """Return a store's file name, with its folder where it is the one that MLflow gives to all."""
    pure = PurePath(path)
    return f"{pure.parent.name}/{pure.name}" if pure.name == _COMMON else pure.name


def joined(refs: Iterable[RunRef]) -> str:
    """Return runs as one text."""
    return ",".join(ref.spelled for ref in refs)


def refs_of(text: str) -> tuple[RunRef, ...]:
    """Return the runs that a text lists, each once, in order."""
    found = []
    for word in text.split(","):
        run_id, _, store = word.partition("@")
        if run_id:
            found.append(RunRef(unquote(run_id), unquote(store)))
    return tuple(dict.fromkeys(found))
