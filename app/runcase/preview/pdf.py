"""PDF pages as bitmaps, drawn by PDFium in the child process; the window gets pixels.

Through pypdfium2, 4 MB and one package: QtPdf lies in PySide6-Addons, which has 161 MB.
"""

from runcase.errors import UnreadableError
from runcase.preview.document import Frame, Image
from runcase.preview.source import Source

_SCALE = 2.0
_PIXELS = 16_000_000
_CHARACTERS = 200_000
_FACTS = ("Title", "Author", "Subject", "Creator", "Producer", "CreationDate")


def read(source: Source) -> Image:
    """Draw the page that is asked for; raises `UnreadableError` when the file is damaged."""
    import pypdfium2  # type: ignore[import-untyped]  # only the worker process loads it, at the first PDF

    try:
        document = pypdfium2.PdfDocument(source.path if source.data is None else source.data)
    except pypdfium2.PdfiumError as error:
        words = "it needs a password" if "assword" in str(error) else "PDFium cannot read it"
        raise UnreadableError(f"It is not a valid PDF: {words}.") from error
    try:
        pages = len(document)
        if not pages:
            raise UnreadableError("The PDF has no pages.")
        number = min(max(0, _number(source)), pages - 1)
        page = document[number]
        width, height = page.get_size()
        scale = min(_SCALE, (_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True, force_bitmap_format=4)
        found = document.get_metadata_dict(skip_empty=True)
        facts = tuple((name, str(found[name])[:200]) for name in _FACTS if name in found)
        text = page.get_textpage().get_text_bounded()[:_CHARACTERS]
        frame = Frame(bitmap.width, bitmap.height, 0, _rgba(bitmap))
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(f"The page cannot be drawn: {error}.") from error
    finally:
        document.close()
    return Image(
        source.name, source.size, "", "PDF", max(1, round(width)), max(1, round(height)),
        f"{width:.0f} × {height:.0f} pt", 72, 1, (frame,), facts, number, pages,
        text=text.replace("\r\n", "\n"),
    )  # fmt: skip


def _number(source: Source) -> int:
    part = source.request.parts[0] if source.request.parts else "0"
    return int(part) if part.isdecimal() else 0


def _rgba(bitmap: object) -> bytes:
    import numpy

    pixels = bitmap.to_numpy()  # type: ignore[attr-defined]  # pypdfium2 has no types
    made = numpy.ascontiguousarray(pixels)
    if made.shape[2] == 3:
        made = numpy.dstack((made, numpy.full(made.shape[:2], 255, numpy.uint8)))
    made[..., 3] = 255
    return bytes(made.tobytes())
