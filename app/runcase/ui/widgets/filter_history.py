"""What was filtered by before: the saved filters and the last ones, as rows of the completer."""

from collections.abc import Sequence

from runcase.ui.widgets.completer_choice import Choice

_MOST_RECENT = 12


class FilterHistory:
    """The saved filters with their names, and the recent ones, newest first."""

    def __init__(self) -> None:
        self.saved: tuple[tuple[str, str], ...] = ()
        self.recent: tuple[str, ...] = ()

    def set(self, saved: Sequence[tuple[str, str]], recent: Sequence[str]) -> None:
        """Take other ones: (name, text) of each saved filter."""
        self.saved, self.recent = tuple(saved), tuple(recent)

    def name_of(self, text: str) -> str:
        """Return the name under which a filter is saved, "" for one that is not."""
        return next((name for name, saved in self.saved if saved == text.strip()), "")

    def choices(self, end: int) -> list[Choice]:
        """Return all of them as rows that replace text[0:end]."""
        rows = [Choice("saved", name, text, text, 0, end) for name, text in self.saved]
        kept = {text for _, text in self.saved}
        recent = [text for text in self.recent if text not in kept][:_MOST_RECENT]
        return rows + [Choice("recent", text, "", text, 0, end) for text in recent]
