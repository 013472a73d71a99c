"""What a file looks like to Runcase: a few kinds of frozen values that cross the process border."""

from dataclasses import dataclass
from typing import TypeAlias

HIGHLIGHT_KINDS = (
    "keyword",
    "string",
    "number",
    "comment",
    "name",
    "tag",
    "attribute",
    "heading",
    "added",
    "removed",
    "error",
)
NODE_KINDS = ("object", "array", "string", "number", "boolean", "null", "alias", "other")


@dataclass(frozen=True, slots=True)
class Request:
    """Ask for a file, or for another window of it.

    Args:
        path: The file, or a folder with an MLmodel; absolute once the worker has it.
        root: The folder below which Markdown and model pages may read; the file's own if empty.
        as_bytes: Show the bytes, whatever the file is.
        offset: The first row of a table, or the first byte of bytes.
        count: How many rows or bytes; 0 lets the reader choose.
    """

    path: str
    root: str = ""
    as_bytes: bool = False
    offset: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text with its highlighting.

    Args:
        size: Of the whole file, in bytes.
        text: What is shown, its lines ended by a line feed.
        spans: uint32 triples (start, length, index into HIGHLIGHT_KINDS), sorted; none crosses a
            line; in UTF-16 units, as Qt counts.
        lines: Of the whole file, or None when it is too long to count.
        truncated: Whether the file goes on behind `text`.
    """

    name: str
    size: int
    note: str
    text: str
    encoding: str
    language: str
    spans: bytes
    lines: int | None
    truncated: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """Nested data, flat and breadth first: node 0 is the root, children stand side by side.

    Args:
        keys: The key or index of each node in its parent.
        values: What a leaf says, verbatim; a container's is empty.
        kinds: One byte a node, an index into NODE_KINDS.
        parents: uint32 a node; the root is its own.
        first: uint32 a node: the number of its first child.
        shown: uint32 a node: how many of its children are here.
        counts: uint32 a node: how many children it has in the file.
        source: The text that was parsed.
    """

    name: str
    size: int
    note: str
    keys: tuple[str, ...]
    values: tuple[str, ...]
    kinds: bytes
    parents: bytes
    first: bytes
    shown: bytes
    counts: bytes
    source: Text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `dtype` in the words of its format, `numeric` aligns it right."""

    name: str
    dtype: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A window of rows.

    Args:
        format: Such as "CSV" or "Parquet".
        cells: Column by column, each with as many cells as the window has rows; None is null.
        first: The number of the window's first row, from 0.
        total: Rows in the file, or None when counting would take too long.
        facts: What else the file says of itself, for the footer.
    """

    name: str
    size: int
    note: str
    format: str
    columns: tuple[Column, ...]
    cells: tuple[tuple[str | None, ...], ...]
    first: int
    total: int | None
    facts: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Return how many rows the window has."""
        return len(self.cells[0]) if self.cells else 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: RGBA, 8 bits each, rows from the top, not premultiplied."""

    width: int
    height: int
    delay_ms: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Image:
    """A picture or an animation, decoded.

    Args:
        width: Natural width in pixels; a frame may be smaller (or larger, if drawn from vectors).
        height: Natural height.
        mode: Such as "RGBA, 8 bit".
        dpi: Dots per inch, 0 when the file does not say.
        frame_count: Frames in the file; `frames` may hold fewer.
        facts: What else the file says of itself, such as the software.
    """

    name: str
    size: int
    note: str
    format: str
    width: int
    height: int
    mode: str
    dpi: int
    frame_count: int
    frames: tuple[Frame, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture on a page, under the address that the page's HTML uses."""

    address: str
    frame: Frame


@dataclass(frozen=True, slots=True)
class Page:
    """Sanitised HTML without scripts, styles or addresses that load something.

    Args:
        empty: Whether nothing is left to see, as of a page that its scripts would have made.
    """

    name: str
    size: int
    note: str
    format: str
    html: str
    images: tuple[PageImage, ...]
    empty: bool
    source: Text


@dataclass(frozen=True, slots=True)
class Flavor:
    """One way to load a model; `facts` in the order of the file."""

    name: str
    version: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """An input, output or param of a model's signature."""

    kind: str
    name: str
    type: str
    detail: str
    required: bool


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that a model asks for, and the versions it accepts."""

    package: str
    pin: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file below a model's folder; its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class LoadCode:
    """Lines to copy that load or serve the model."""

    label: str
    code: Text


@dataclass(frozen=True, slots=True)
class Model:
    """An MLmodel folder.

    Args:
        size: Of all files together, in bytes.
        created: The time as the file says it, UTC.
        requirements_from: The file the requirements were read in, or nothing.
        example: What the file says of the input example, or nothing.
        example_path: The example's path in the model's folder, or nothing.
        metadata: Dotted keys and values.
    """

    name: str
    size: int
    note: str
    model_id: str
    run_id: str
    mlflow_version: str
    created: str
    flavors: tuple[Flavor, ...]
    signature: tuple[SignatureRow, ...]
    requirements: tuple[Requirement, ...]
    requirements_from: str
    example: str
    example_path: str
    files: tuple[ModelFile, ...]
    metadata: tuple[tuple[str, str], ...]
    load_codes: tuple[LoadCode, ...]
    source: Text


@dataclass(frozen=True, slots=True)
class Bytes:
    """Any file: what it seems to be, and a window of its bytes."""

    name: str
    size: int
    note: str
    type: str
    data: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Hello:
    """The child's first word: the protections that hold in it."""

    protections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """The child's answer when a file gives no document; `too_big` tells why."""

    message: str
    hint: str
    too_big: bool


Document: TypeAlias = Text | Tree | Table | Image | Page | Model | Bytes
DOCUMENT_KINDS: tuple[type, ...] = (Text, Tree, Table, Image, Page, Model, Bytes)
