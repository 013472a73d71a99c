"""NumPy's npy and npz files: shape, type, statistics, planes as tables, curves and heat maps."""

import io
import math
import zipfile
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, BinaryIO

from runcase.errors import TooBigError, UnreadableError
from runcase.preview.document import Array, Column, Frame, Table
from runcase.preview.source import Source
from runcase.preview.table import CELLS, ROWS
from runcase.preview.table_words import brief, cell

if TYPE_CHECKING:
    import numpy

    Values = numpy.ndarray[Any, Any]

# More numbers than this are sampled for the statistics.
_MEASURED = 50_000_000
_GLANCED = 100_000
_MEMBER_BYTES = 512 * 1024 * 1024
_COLUMNS = 1_000
_CURVE = 2_000
# What NumPy raises for a header that is no Python literal; it has no common base.
_MALFORMED = (
    ValueError,
    SyntaxError,
    TypeError,
    OverflowError,
    RecursionError,
    TokenError,
)
_PICTURE_SIDE = 768
_PICTURE_LEAST = 8
# Viridis (matplotlib, CC0) at eight places, between which colours are mixed.
_VIRIDIS = (
    (68, 1, 84), (70, 50, 127), (54, 92, 141), (39, 127, 142),
    (31, 161, 135), (74, 194, 109), (159, 218, 58), (253, 231, 37),
)  # fmt: skip


def read_npy(source: Source) -> Array:
    """Read an array; raises `UnreadableError` when it lies, or holds Python objects."""
    with source.open() as file:
        dtype, shape, fortran, offset = _header(file, source.size)
    values = _values(source, dtype, shape, fortran, offset)
    return _array(source, values, fortran, (), "")


def read_npz(source: Source) -> Array:
    """Read one of several arrays, the first or the one whose name is asked for."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if name.endswith(".npy")]
            if not names:
                raise UnreadableError("It holds no NumPy arrays.")
            wanted = f"{source.request.parts[0]}.npy" if source.request.parts else names[0]
            if wanted not in names:
                raise UnreadableError(f"It holds no array “{source.request.parts[0]}”.")
            if archive.getinfo(wanted).file_size > _MEMBER_BYTES:
                raise TooBigError(f"The array {wanted} is too large to unpack.")
            data = archive.read(wanted)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableError(f"It is not a valid npz archive: {error}.") from error
    member = Source.member(source, wanted, data, source.request)
    dtype, shape, fortran, offset = _header(io.BytesIO(data), len(data))
    values = _values(member, dtype, shape, fortran, offset)
    shown = tuple(name.removesuffix(".npy") for name in names)
    return _array(source, values, fortran, shown, wanted.removesuffix(".npy"))


def _header(file: BinaryIO, size: int) -> "tuple[numpy.dtype[Any], tuple[int, ...], bool, int]":
    from numpy.lib import format as form  # numpy costs 100 ms: only the worker process pays it

    try:
        version = form.read_magic(file)
        reader = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
        shape, fortran, dtype = reader(file)
    except _MALFORMED as error:
        raise UnreadableError(f"Its header makes no sense: {str(error)[:120]}.") from error
    offset = file.tell()
    if dtype.hasobject:
        raise UnreadableError(
            "It holds Python objects, which only unpickling could show, and that could run code."
        )
    needed = math.prod(shape) * dtype.itemsize
    if any(length < 0 for length in shape) or needed > size - offset:
        raise UnreadableError(
            f"Its header says {needed:,} bytes of numbers, but the file has {size - offset:,}."
        )
    return dtype, shape, fortran, offset


def _values(
    source: Source, dtype: Any, shape: tuple[int, ...], fortran: bool, offset: int
) -> "Values":
    import numpy

    order: Any = "F" if fortran else "C"
    if not math.prod(shape):
        return numpy.empty(shape, dtype, order)
    if source.data is not None:
        return numpy.ndarray(shape, dtype, source.data, offset, order=order)
    return numpy.memmap(source.path, dtype, "r", offset, shape, order)


def _array(
    source: Source, values: "Values", fortran: bool, names: tuple[str, ...], part: str
) -> Array:
    plane, index = _plane(values, source.request.query)
    facts = (
        ("Shape", " × ".join(f"{length:,}" for length in values.shape) or "a single number"),
        ("Type", str(values.dtype)),
        ("Order", "Fortran (columns first)" if fortran else "C (rows first)"),
        ("Bytes", f"{values.nbytes:,}"),
        *_statistics(values),
    )
    picture, color_range = _picture(plane)
    return Array(
        source.name, source.size, "", str(values.dtype), values.shape, facts, names, part,
        ", ".join(str(each) for each in index), _window(source, plane), _curve(plane), picture,
        color_range,
    )  # fmt: skip


def _plane(values: "Values", query: str) -> "tuple[Values, tuple[int, ...]]":
    """Return the last two dimensions at the indices asked for (three for colours)."""
    leading = max(0, values.ndim - (3 if _is_color(values) else 2))
    try:
        asked = [int(each) for each in query.replace(",", " ").split()]
    except ValueError:
        asked = []
    asked = [*asked, *[0] * leading][:leading]
    index = tuple(
        min(max(0, each), max(0, length - 1))
        for each, length in zip(asked, values.shape[:leading], strict=True)
    )
    if leading and not values.size:
        return values.reshape((0, 0)), index
    return values[index], index


def _is_color(values: "Values") -> bool:
    """Say whether the last dimension is of colours: bytes, or numbers from 0 to 1.

    The second is what matplotlib takes for a picture, too; a small plane of them is more likely
    a list of points.
    """
    if values.ndim < 3 or values.shape[-1] not in (3, 4) or not values.size:
        return False
    if values.dtype.kind != "f":
        return str(values.dtype) == "uint8"
    taken = _sampled(values, _GLANCED)
    return min(values.shape[-3:-1]) >= _PICTURE_LEAST and bool(((taken >= 0) & (taken <= 1)).all())


def _sampled(values: "Values", most: int) -> "Values":
    """Return at most so many of the numbers, evenly spread."""
    return values.reshape(-1, order="A")[:: max(1, -(-values.size // most))]


def _statistics(values: "Values") -> tuple[tuple[str, str], ...]:
    import numpy

    if not values.size or values.dtype.kind not in "iufb":
        return ()
    flat = _sampled(values, _MEASURED)
    taken = flat.astype(numpy.float64) if values.dtype.kind != "f" else flat
    finite = taken[numpy.isfinite(taken)]
    facts = []
    if finite.size:
        with numpy.errstate(over="ignore", invalid="ignore"):
            pairs = (
                ("Minimum", finite.min()),
                ("Maximum", finite.max()),
                ("Mean", finite.mean(dtype=numpy.float64)),
                ("Standard deviation", finite.std(dtype=numpy.float64)),
            )
            facts = [(name, brief(float(value))) for name, value in pairs]
    facts.append(("NaN", f"{int(numpy.count_nonzero(numpy.isnan(taken))):,}"))
    facts.append(("Infinite", f"{int(numpy.count_nonzero(numpy.isinf(taken))):,}"))
    facts.append(("Zero", f"{int(numpy.count_nonzero(taken == 0)):,}"))
    if flat.size < values.size:
        facts.append(("Looked at", f"one number of {-(-values.size // _MEASURED):,}"))
    return tuple(facts)


def _window(source: Source, plane: "Values") -> Table:
    shown = plane.reshape(1, 1) if plane.ndim == 0 else plane
    if shown.ndim > 2:
        shown = shown.reshape(shown.shape[0], -1)
    if shown.dtype.names:
        columns = [(name, shown[name]) for name in shown.dtype.names]
    elif shown.ndim == 1:
        columns = [("value", shown)]
    else:
        columns = [
            (str(number), shown[:, number]) for number in range(min(_COLUMNS, shown.shape[1]))
        ]
    room = max(1, CELLS // max(1, len(columns)))
    first, count = max(0, source.request.offset), min(source.request.count or ROWS, room)
    cells = tuple(
        tuple(cell(value) for value in values[first : first + count].tolist())
        for _, values in columns
    )
    numeric = shown.dtype.kind in "iuf"
    described = tuple(Column(name, str(values.dtype), numeric) for name, values in columns)
    many = 0 if shown.ndim < 2 else shown.shape[1]
    note = f"The first {_COLUMNS:,} of {many:,} columns are shown." if many > _COLUMNS else ""
    return Table(
        source.name, source.size, note, "NumPy", described, cells, first, int(shown.shape[0]), ()
    )


def _curve(plane: "Values") -> bytes:
    """Return a line of numbers, reduced to its least and greatest where there are many."""
    import numpy

    if plane.ndim == 2 and 1 in plane.shape:
        plane = plane.reshape(-1)
    if plane.ndim != 1 or plane.size < 2 or plane.dtype.kind not in "iufb":
        return b""
    step = max(1, -(-plane.size * 2 // _CURVE))
    if step <= 2:
        return plane.astype(numpy.float64).tobytes()
    edges = numpy.arange(0, plane.size, step)
    pairs = numpy.empty(2 * edges.size)
    values = plane.astype(numpy.float64)
    pairs[0::2] = numpy.fmin.reduceat(values, edges)
    pairs[1::2] = numpy.fmax.reduceat(values, edges)
    return pairs.tobytes()


def _picture(plane: "Values") -> tuple[Frame | None, tuple[str, ...]]:
    """Return a plane as a picture: its own colours, or a heat map from least to greatest."""
    import numpy

    if plane.ndim < 2 or min(plane.shape[:2]) < 2 or plane.dtype.kind not in "iufb":
        return None, ()
    rows, columns = (-(-length // _PICTURE_SIDE) for length in plane.shape[:2])
    small = numpy.asarray(plane[::rows, ::columns])
    height, width = small.shape[:2]
    pixels = numpy.full((height, width, 4), 255, numpy.uint8)
    if small.ndim == 3:
        shades = small * 255.0 + 0.5 if small.dtype.kind == "f" else small
        pixels[..., : small.shape[2]] = shades.astype(numpy.uint8)
        return Frame(width, height, 0, pixels.tobytes()), ()
    values = small.astype(numpy.float64)
    finite = values[numpy.isfinite(values)]
    if not finite.size:
        return None, ()
    low, high = float(finite.min()), float(finite.max())
    with numpy.errstate(over="ignore", invalid="ignore"):
        shade = numpy.nan_to_num((values - low) / ((high - low) or 1.0), nan=0.0).clip(0, 1)
    places = numpy.linspace(0, 1, len(_VIRIDIS))
    for channel in range(3):
        ramp = [color[channel] for color in _VIRIDIS]
        pixels[..., channel] = numpy.interp(shade, places, ramp).astype(numpy.uint8)
    pixels[..., 3] = numpy.where(numpy.isfinite(values), 255, 0)
    return Frame(width, height, 0, pixels.tobytes()), (brief(low), brief(high))
