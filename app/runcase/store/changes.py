"""What changed in a store, as every view hears of it."""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Who changed the store."""

    EXTERNAL = "external"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Change:
    """One change; a view that shows something of the store reads it again."""

    origin: Origin
    at_ms: int
