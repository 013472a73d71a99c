"""Questions about many files at once, and what answers them across the process border."""

from dataclasses import dataclass
from typing import TypeAlias

# An answer is given about so often, so that hits show, and a search that is stopped ends.
SLICE_S = 0.1
MOST_OF_FILE = 200  # hits of one file
MOST_BYTES = 64_000_000  # of one file


@dataclass(frozen=True, slots=True)
class FileIn:
    """A file: the number of its folder in the question, and its path below that, with `/`."""

    folder: int
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: the byte at which a line begins, lines before it, hits before it."""

    offset: int = 0
    lines: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """Which lines of some files hold a text.

    Args:
        folders: Absolute; no file is read outside its own.
        exact: Whether capitals matter.
        most: Hits that are wanted at most.
        start: Where the first file is to be gone on with.
    """

    folders: tuple[str, ...]
    files: tuple[FileIn, ...]
    text: str
    exact: bool
    most: int
    start: Mark = Mark()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line that holds the text: of which file of the question, its number from 1, its byte."""

    file: int
    line: int
    offset: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What a part of the files holds; the rest is to be asked for again.

    Args:
        done: How many files are finished, from the first.
        mark: Where the next one is to be gone on with.
        texts: Files that turned out to be text.
        others: Files that are no text.
        unread: Files that could not be read.
        cut: Files of which only the beginning was looked through.
        bytes: Bytes looked through.
    """

    lines: tuple[TextLine, ...]
    done: int
    mark: Mark
    texts: int
    others: int
    unread: int
    cut: int
    bytes: int


@dataclass(frozen=True, slots=True)
class NeedsQuestion:
    """Which packages the requirements.txt, conda.yaml and python_env.yaml files of models name."""

    folders: tuple[str, ...]
    files: tuple[FileIn, ...]


@dataclass(frozen=True, slots=True)
class NeedsAnswer:
    """Of each file, from the first, as many as there was time for: its packages with versions.

    A file that could not be read names none.
    """

    packages: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def done(self) -> int:
        """Return how many files are finished, from the first."""
        return len(self.packages)


@dataclass(frozen=True, slots=True)
class SpansQuestion:
    """How many spans some traces.json files hold."""

    folders: tuple[str, ...]
    files: tuple[FileIn, ...]


@dataclass(frozen=True, slots=True)
class SpansAnswer:
    """Spans file by file, from the first, as far as there was time; 0 where there are none."""

    counts: tuple[int, ...]

    @property
    def done(self) -> int:
        """Return how many files are finished, from the first."""
        return len(self.counts)


Question: TypeAlias = TextQuestion | NeedsQuestion | SpansQuestion
Answer: TypeAlias = TextAnswer | NeedsAnswer | SpansAnswer
MANY_KINDS: tuple[type, ...] = (
    TextQuestion,
    TextAnswer,
    NeedsQuestion,
    NeedsAnswer,
    SpansQuestion,
    SpansAnswer,
)
