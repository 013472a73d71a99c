"""Asks the worker about many files at once; one that it cannot bear costs only itself."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from runcase.errors import TooBigError, UnreadableError
from runcase.preview.many import FileIn

TOGETHER = 500  # files of one question


class Named(Protocol):
    """A file of some folder: `relative` lies below it."""

    @property
    def folder(self) -> Path:
        """Return the folder that it must not be read outside of."""

    @property
    def relative(self) -> str:
        """Return its path below the folder, with `/`."""


class Answered(Protocol):
    """An answer about files."""

    @property
    def done(self) -> int:
        """Return how many of them are finished, from the first."""


F = TypeVar("F", bound=Named)
A = TypeVar("A", bound=Answered)


def named(files: Sequence[Named]) -> tuple[tuple[str, ...], tuple[FileIn, ...]]:
    """Return the folders and files of a question."""
    numbers: dict[str, int] = {}
    found = [
        FileIn(numbers.setdefault(str(each.folder), len(numbers)), each.relative) for each in files
    ]
    return tuple(numbers), tuple(found)


def answers(
    files: Sequence[F], ask: Callable[[Sequence[F]], A]
) -> Iterator[tuple[Sequence[F], A | None]]:
    """Yield what was asked for and its answer until all are finished; None for a file that fails.

    Args:
        files: In the order in which they are asked for.
        ask: Raises `UnreadableError` or `TooBigError` when one of the files killed or held up the
            reader, or the answer makes no sense; other errors end it.
    """
    together = TOGETHER
    while files:
        asked = files[:together]
        try:
            answer = ask(asked)
        except (UnreadableError, TooBigError):
            if len(asked) == 1:
                yield asked, None
                files = files[1:]
            together = 1  # one by one, the rest comes through
            continue
        yield asked, answer
        files = files[answer.done :]


def checked(answer: A, asked: Sequence[Named]) -> A:
    """Return an answer about so many files; raises `UnreadableError` if it makes no sense.

    Its reader may have been taken over by a file.
    """
    if not 0 < answer.done <= len(asked):
        raise UnreadableError("The preview worker gave an answer that makes no sense.")
    return answer
