"""What a file looks like to Runcase: a few kinds of frozen values that cross the process border."""

from dataclasses import dataclass
from typing import TypeAlias, get_args

from runcase.preview.facts import Facts
from runcase.preview.inventory import Archive, Profile

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
    "warning",
    "muted",
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
        parts: What inside the file is meant: a member of an archive, a sheet, an array by its
            name, a page by its number from 0; one inside the other.
        query: Which rows and in what order, what to find in a log, which plane of an array.
        view: What else is wanted of it: "profile", "count" or "frequency" of a table; "find",
            "back", "levels" or "tail" of a log.
    """

    path: str
    root: str = ""
    as_bytes: bool = False
    offset: int = 0
    count: int = 0
    parts: tuple[str, ...] = ()
    query: str = ""
    view: str = ""


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
        unfiltered: Rows in the file when a query was asked, else None.
        took_us: How long the query took.
        parts: Other tables of the file, by their names; the shown one first is `part`.
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
    unfiltered: int | None = None
    took_us: int = 0
    parts: tuple[str, ...] = ()
    part: str = ""

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

    @property
    def is_honest(self) -> bool:
        """Say whether there are as many pixels as the size says: a worker may send anything."""
        least = min(self.width, self.height)
        return least > 0 and len(self.pixels) == self.width * self.height * 4


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
        page: Which page of the file this is, from 0.
        pages: How many it has.
        histogram: uint32, 256 for each of `channels`; empty where the file is not made of pixels.
        channels: Their names and means, such as ("Red", "226.1").
        text: The words on the page, where the file has them as text.
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
    page: int = 0
    pages: int = 1
    histogram: bytes = b""
    channels: tuple[tuple[str, str], ...] = ()
    text: str = ""


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
    """A package that a model asks for, the versions it accepts, and the one installed here."""

    package: str
    pin: str
    here: str = ""


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
    pickles: tuple[Facts, ...] = ()


@dataclass(frozen=True, slots=True)
class Log:
    """A window of a long text.

    Args:
        text: The window's lines.
        offset: The byte in the file where the window begins.
        end: The byte behind it.
        found: The line of the window that holds what was looked for, from 0; −1 when none does.
        levels: How many lines of the window are of each level.
    """

    name: str
    size: int
    note: str
    text: Text
    offset: int
    end: int
    found: int
    levels: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Array:
    """An array of numbers.

    Args:
        shape: Its dimensions.
        facts: Statistics and how it is stored.
        names: All arrays of the file, by their names; empty when it is one.
        plane: Which indices of the leading dimensions `table` shows, such as "0, 3".
        table: A window of the last two dimensions.
        curve: float64, what a line of it looks like; empty when it is no line.
        picture: The plane as a heat map or a picture, or None.
        color_range: What the ends of the heat map's colours stand for; empty for a picture.
    """

    name: str
    size: int
    note: str
    dtype: str
    shape: tuple[int, ...]
    facts: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    part: str
    plane: str
    table: Table
    curve: bytes
    picture: Frame | None
    color_range: tuple[str, ...]


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


Document: TypeAlias = (
    Text | Tree | Table | Image | Page | Model | Bytes | Log | Profile | Array | Archive | Facts
)
DOCUMENT_KINDS: tuple[type, ...] = get_args(Document)
