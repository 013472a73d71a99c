"""Pictures: decoded to RGBA here, in the worker process, so that the window decodes nothing."""

import re
import struct
import zlib
from typing import TYPE_CHECKING, Any

from runcase.errors import TooBigError, UnreadableError
from runcase.preview.document import Frame, Image, PageImage
from runcase.preview.source import Source

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# Above this a picture is scaled down, above the second it is not decoded at all: a picture of
# 120 megapixels takes half of the worker's memory.
SHOWN_PIXELS = 40_000_000
DECODED_PIXELS = 120_000_000
_FRAMES = 200
_FRAMES_PIXELS = 24_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO", "PPM")
_ANIMATED = ("GIF", "WEBP", "PNG", "AVIF")
_CHECKED_BYTES = 64 * 1024 * 1024
_EXIF = 40
_HISTOGRAM_PIXELS = 100_000
# What Pillow raises for files that lie; it has no common base.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    ArithmeticError,
    struct.error,
    zlib.error,
    RuntimeError,  # the AVIF decoder's, and NotImplementedError
)


def read(source: Source) -> Image:
    """Decode a picture; raises `UnreadableError` when it is damaged, `TooBigError` by its size."""
    # Pillow costs 40 ms to import: only the worker process, at the first picture, pays it.
    import PIL.Image
    from PIL import ImageOps

    # Its own guard warns before it raises; ours is below.
    PIL.Image.MAX_IMAGE_PIXELS = None
    try:
        with PIL.Image.open(source.input, formats=_FORMATS) as picture:
            _guard(picture)
            count = int(getattr(picture, "n_frames", 1))
            page = _seek_page(picture, source, count)
            form, mode = str(picture.format), _mode_words(picture)
            dpi, facts = _dpi(picture), _facts(picture)
            if picture.format == "JPEG":
                picture.draft(picture.mode, _fitting(picture.size))
            width, height = picture.size
            if count > 1 and form in _ANIMATED:
                frames = _animation(picture, count)
            else:
                ImageOps.exif_transpose(picture, in_place=True)  # a copy would cost a tenth
                width, height = picture.size
                frames = (_frame(picture, SHOWN_PIXELS, 0),)
            histogram, channels = _histogram(picture, form, frames[0])
    except TooBigError:
        raise
    except _DAMAGED as error:
        raise UnreadableError(f"The picture is damaged: {_words(error)}.") from error
    note = ""
    if (frames[0].width, frames[0].height) != (width, height):
        note = f"Shown at {frames[0].width:,} × {frames[0].height:,} pixels."
    elif len(frames) < count and form in _ANIMATED:
        note = f"The first {len(frames):,} of {count:,} frames are shown."
    note = " ".join(each for each in (note, _checksums(source, form)) if each)
    pages = count if form not in _ANIMATED else 1
    shown = count if form in _ANIMATED else 1
    return Image(
        source.name, source.size, note, form, width, height, mode, dpi, shown, frames, facts,
        page, pages, histogram, channels,
    )  # fmt: skip


def _seek_page(picture: "Picture", source: Source, count: int) -> int:
    part = source.request.parts[0] if source.request.parts else "0"
    page = min(int(part) if part.isdecimal() else 0, count - 1)
    if page and picture.format not in _ANIMATED:
        picture.seek(page)
        _guard(picture)
        return page
    return 0


def _histogram(
    picture: "Picture", form: str, frame: Frame
) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Count how often each value from 0 to 255 is in each channel of what is shown."""
    import numpy  # 100 ms: only the worker process pays it

    grey = picture.mode.startswith(("L", "I", "F", "1"))
    names = ("Grey",) if grey else ("Red", "Green", "Blue")
    pixels = numpy.frombuffer(frame.pixels, numpy.uint8).reshape(-1, 4)
    # Some hundred thousand pixels tell as much as forty million.
    pixels = pixels[:: max(1, pixels.shape[0] // _HISTOGRAM_PIXELS)].copy()
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        pixels = pixels[pixels[:, 3] > 0]
    if not pixels.size or form == "SVG":
        return b"", ()
    counts = [numpy.bincount(pixels[:, each], minlength=256) for each in range(len(names))]
    means = [float(pixels[:, each].mean()) for each in range(len(names))]
    packed = numpy.concatenate(counts).astype(numpy.uint32).tobytes()
    return packed, tuple((name, f"{mean:.1f}") for name, mean in zip(names, means, strict=True))


def _checksums(source: Source, form: str) -> str:
    """Check the checksums of a PNG's chunks, which Pillow passes over where it can."""
    if form != "PNG" or source.size > _CHECKED_BYTES:
        return ""
    data = source.read(_CHECKED_BYTES)
    position, wrong = 8, []
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        end = position + 8 + length
        if end + 4 > len(data):
            return "The picture is cut off."
        stated = int.from_bytes(data[end : end + 4], "big")
        if zlib.crc32(memoryview(data)[position + 4 : end]) != stated:
            wrong.append(data[position + 4 : position + 8].decode("latin-1"))
        position = end + 4
    if not wrong:
        return ""
    return f"The checksum of its {wrong[0]} chunk is wrong: the picture may be damaged."


def embedded(source: Source, relative: str, number: int) -> PageImage | None:
    """Decode a picture that a page refers to, or None if it is not below the page's root."""
    path = source.beside(relative)
    if path is None:
        return None
    try:
        image = read(Source(path, source.root, path.stat().st_size, b"", source.request))
    except (UnreadableError, TooBigError, OSError):
        return None
    frame = image.frames[0]
    if frame.width * frame.height > _FRAMES_PIXELS // 4:
        return None
    return PageImage(f"image:{number}", frame)


def _guard(picture: "Picture") -> None:
    width, height = picture.size
    limit = DECODED_PIXELS * (8 if picture.format == "JPEG" else 1)  # JPEG decodes scaled
    if width * height > limit:
        raise TooBigError(f"The picture has {width:,} × {height:,} pixels, too many to show.")


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, (SHOWN_PIXELS / max(1, size[0] * size[1])) ** 0.5)
    return max(1, int(size[0] * factor)), max(1, int(size[1] * factor))


def _animation(picture: "Picture", count: int) -> tuple[Frame, ...]:
    shown = min(count, _FRAMES)
    room = max(64 * 64, _FRAMES_PIXELS // shown)
    frames = []
    for number in range(shown):
        picture.seek(number)
        frames.append(_frame(picture, room, int(picture.info.get("duration") or 100)))
    return tuple(frames)


def _frame(picture: "Picture", room: int, delay_ms: int) -> Frame:
    """Return a picture as RGBA, scaled down to at most `room` pixels before it is converted."""
    width, height = picture.size
    if width * height > room:
        factor = (room / (width * height)) ** 0.5
        small = max(1, int(width * factor)), max(1, int(height * factor))
        picture = _simple(picture).resize(small, reducing_gap=2.0)
    made = _simple(picture).convert("RGBA")
    return Frame(made.width, made.height, delay_ms, made.tobytes())


def _simple(picture: "Picture") -> "Picture":
    """Return a picture in a mode of 8 bits; deeper ones are stretched from their least to most."""
    if not picture.mode.startswith(("I", "F")):
        return picture.convert("RGBA") if picture.mode in ("P", "PA", "1") else picture
    values = picture.convert("F")
    extrema: Any = values.getextrema()
    low, high = extrema
    span = high - low or 1.0
    return values.point(lambda value: value * (255.0 / span) - low * 255.0 / span).convert("L")


def _mode_words(picture: "Picture") -> str:
    bits = {"1": "1 bit", "I": "32 bit", "F": "32 bit float"}
    names = {"L": "Grey", "LA": "Grey with alpha", "P": "Palette", "1": "Black and white"}
    mode = picture.mode
    depth = "16 bit" if mode.startswith("I;16") else bits.get(mode, "8 bit")
    return f"{names.get(mode, 'Grey' if mode.startswith(('I', 'F')) else mode)}, {depth}"


def _dpi(picture: "Picture") -> int:
    dpi = picture.info.get("dpi")
    if not isinstance(dpi, tuple) or not dpi:
        return 0
    value = float(dpi[0])
    return round(value) if 1 <= value <= 100_000 else 0


def _facts(picture: "Picture") -> tuple[tuple[str, str], ...]:
    names = ("Software", "Title", "Author", "Creation Time", "Comment")
    found = ((name, picture.info.get(name)) for name in names)
    facts = [(name, str(value)[:200]) for name, value in found if isinstance(value, str)]
    return (*facts, *_exif(picture))


def _exif(picture: "Picture") -> list[tuple[str, str]]:
    from PIL.ExifTags import IFD, TAGS

    try:
        exif = picture.getexif()
        pairs = [*exif.items(), *exif.get_ifd(IFD.Exif).items()]
    except _DAMAGED:
        return []
    facts: list[tuple[str, str]] = []
    for tag, value in pairs[:200]:
        name = TAGS.get(tag, "")
        plain = isinstance(value, str | int | float) or hasattr(value, "numerator")
        if name and plain and name not in ("ExifOffset", "MakerNote") and len(facts) < _EXIF:
            words = str(value).strip("\0 ")[:200]
            facts.append((re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name), words))
    return facts


def _words(error: Exception) -> str:
    text = str(error).split("\n")[0].strip().rstrip(".")
    return text[:200] if text and "object at 0x" not in text else "it cannot be decoded"
