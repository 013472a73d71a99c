"""What a file says of itself: models, pickles and media, whose content is no picture or table."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What is known of something that a pickle imports."""

    ALLOWED = "allowed"
    UNKNOWN = "unknown"
    DANGEROUS = "dangerous"


@dataclass(frozen=True, slots=True)
class Import:
    """A name that a pickle would import if it were loaded; `reason` is for a person."""

    module: str
    name: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tensor:
    """A named array; its size in bytes, or −1 where the file does not say."""

    name: str
    dtype: str
    shape: str
    size: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A file by its headers.

    Args:
        format: Such as "Pickle" or "ONNX model".
        facts: Short ones, in the order to show them.
        imports: What a pickle in it imports, the worst first.
        tensors: The largest part of a model, up to some thousands.
        tensor_count: How many there are in the file.
        counts: What else is in it by kind, such as operators, with the title first.
        metadata: Keys and values as the file has them.
    """

    name: str
    size: int
    note: str
    format: str
    facts: tuple[tuple[str, str], ...] = ()
    imports: tuple[Import, ...] = ()
    tensors: tuple[Tensor, ...] = ()
    tensor_count: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    counts_title: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
