"""The errors that Runcase raises for a person: what is wrong, where, and what to do."""


class RuncaseError(Exception):
    """Something a person should read.

    Args:
        message: One sentence: what is wrong, and where.
        hint: What the person can do about it, a sentence or nothing.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class StoreError(RuncaseError):
    """A store could not be opened or read."""


class NotFoundError(StoreError):
    """The path does not exist, or holds no store."""


class NoStoreError(NotFoundError):
    """The folder is there, but no store is in it."""


class NotAStoreError(StoreError):
    """The file is there, but it is no MLflow store."""


class BusyError(StoreError):
    """Another program holds the database locked."""


class DamagedError(StoreError):
    """The database is truncated or its pages contradict each other."""


class DeniedError(StoreError):
    """The operating system does not let us read the file."""


class PreviewError(RuncaseError):
    """A file could not be shown as what it seems to be."""


class UnreadableError(PreviewError):
    """The bytes are not what the name or the magic number promised."""


class GoneError(UnreadableError):
    """The file is not there, so that there are not even bytes to show."""


class TooBigError(PreviewError):
    """Reading it would take more memory or time than a preview may."""


class CancelledError(RuncaseError):
    """The work was stopped because nobody waits for its answer any more."""

    def __init__(self) -> None:
        super().__init__("Stopped.")


class FilterError(RuncaseError):
    """A filter or an ordering has a mistake.

    Args:
        message: One sentence that says what is wrong.
        position: Where it is wrong: a 0-based index into the text.
        length: How many characters are wrong, at least 1.
        hint: What to write instead, or nothing.
    """

    def __init__(self, message: str, position: int, length: int = 1, hint: str = "") -> None:
        super().__init__(message, hint)
        self.position = position
        self.length = max(1, length)

    def __str__(self) -> str:
        return f"{super().__str__()} (column {self.position + 1})"


class ExpressionError(FilterError):
    """An expression of metrics has a mistake, at a place as a filter's mistakes have one."""
