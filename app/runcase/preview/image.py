"""Pictures: decoded to RGBA here, in the worker process, so that the window decodes nothing."""

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
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
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
    NotImplementedError,
)


def read(source: Source) -> Image:
    """Decode a picture; raises `UnreadableError` when it is damaged, `TooBigError` by its size."""
    # Pillow costs 40 ms to import: only the worker process, at the first picture, pays it.
    import PIL.Image
    from PIL import ImageOps

    # Its own guard warns before it raises; ours is below.
    PIL.Image.MAX_IMAGE_PIXELS = None
    try:
        with PIL.Image.open(source.path, formats=_FORMATS) as picture:
            _guard(picture)
            count = int(getattr(picture, "n_frames", 1))
            form, mode = str(picture.format), _mode_words(picture)
            dpi, facts = _dpi(picture), _facts(picture)
            if picture.format == "JPEG":
                picture.draft(picture.mode, _fitting(picture.size))
            width, height = picture.size
            if count > 1 and form in ("GIF", "WEBP", "PNG"):
                frames = _animation(picture, count)
            else:
                turned = ImageOps.exif_transpose(picture)
                width, height = turned.size
                frames = (_frame(turned, SHOWN_PIXELS, 0),)
    except TooBigError:
        raise
    except _DAMAGED as error:
        raise UnreadableError(f"The picture is damaged: {_words(error)}.") from error
    note = ""
    if (frames[0].width, frames[0].height) != (width, height):
        note = f"Shown at {frames[0].width:,} × {frames[0].height:,} pixels."
    elif len(frames) < count and form in ("GIF", "WEBP", "PNG"):
        note = f"The first {len(frames):,} of {count:,} frames are shown."
    return Image(
        source.name, source.size, note, form, width, height, mode, dpi, count, frames, facts
    )


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
    names = ("Software", "Title", "Author", "Creation Time")
    found = ((name, picture.info.get(name)) for name in names)
    return tuple((name, str(value)[:200]) for name, value in found if isinstance(value, str))


def _words(error: Exception) -> str:
    text = str(error).split("\n")[0].strip().rstrip(".")
    return text[:200] if text and "object at 0x" not in text else "it cannot be decoded"
