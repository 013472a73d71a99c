import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import PIL.Image
import pytest

from runcase.preview.document import Bytes, Document, Image, Text

Read = Callable[..., Document]


def encoded(picture: PIL.Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def picture(document: Document) -> Image:
    assert isinstance(document, Image), document
    return document


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_pixels_come_back_as_rgba(read: Read, form: str) -> None:
    options = {"lossless": True} if form == "WEBP" else {}
    content = encoded(PIL.Image.new("RGB", (3, 2), (255, 0, 0)), form, **options)
    document = picture(read(f"x.{form.lower()}", content))
    assert (document.width, document.height, document.format) == (3, 2, form)
    assert document.frames[0].pixels == b"\xff\0\0\xff" * 6


def test_a_wrong_name_does_not_matter(read: Read) -> None:
    document = picture(read("x.txt", encoded(PIL.Image.new("RGB", (3, 2)), "JPEG", dpi=(144, 144))))
    assert document.format == "JPEG"
    assert document.dpi == 144


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "I", "F"])
def test_every_mode_is_shown(read: Read, mode: str) -> None:
    form = "TIFF" if mode in ("I", "F") else "PNG"
    document = picture(read("x.png", encoded(PIL.Image.new(mode, (5, 4)), form)))
    assert len(document.frames[0].pixels) == 5 * 4 * 4


def test_deep_greys_are_stretched(read: Read) -> None:
    deep = PIL.Image.new("I;16", (2, 1))
    deep.putdata([1000, 3000])
    pixels = picture(read("x.png", encoded(deep, "PNG"))).frames[0].pixels
    assert (pixels[0], pixels[4]) == (0, 255)


def test_an_animation_has_its_frames(read: Read) -> None:
    colors = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    frames = [PIL.Image.new("RGB", (4, 4), color) for color in colors]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    document = picture(read("x.gif", content))
    assert document.frame_count == 3
    assert [frame.delay_ms for frame in document.frames] == [50, 50, 50]
    assert document.frames[2].pixels[:4] == b"\0\0\xff\xff"


def test_a_large_picture_is_scaled_down(read: Read) -> None:
    document = picture(read("x.png", encoded(PIL.Image.new("L", (9000, 9000)), "PNG")))
    assert (document.width, document.height) == (9000, 9000)
    assert document.frames[0].width * document.frames[0].height <= 40_000_000
    assert "Shown at" in document.note


def test_a_picture_bomb_is_not_decoded(read: Read) -> None:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(999)))
    document = read("bomb.png", bomb)
    assert isinstance(document, Bytes)
    assert "100,000 × 100,000 pixels" in document.note


def test_damaged_pictures_are_bytes_with_the_reason(read: Read) -> None:
    whole = encoded(PIL.Image.effect_noise((64, 64), 50), "PNG")
    broken_check = bytearray(whole)
    broken_check[29] ^= 0xFF
    for content in (whole[: len(whole) // 2], bytes(broken_check), b"\x89PNG\r\n\x1a\n"):
        document = read("x.png", content)
        assert isinstance(document, Bytes)
        assert document.note.startswith("Not shown as a picture. The picture is damaged")
        assert document.type == "PNG image"


def test_text_called_png_is_text(read: Read) -> None:
    document = read("x.png", "404: not found\n")
    assert isinstance(document, Text)
    assert "Not shown as a picture" in document.note


def test_svg_is_drawn_with_its_text(read: Read) -> None:
    svg = (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
        '<rect width="20" height="10" fill="#0000ff"/><text x="1" y="9">a</text></svg>'
    )
    document = picture(read("x.svg", svg))
    assert (document.width, document.height) == (20, 10)
    frame = document.frames[0]
    assert (frame.width, frame.height) == (60, 30)
    assert frame.pixels[-4:] == b"\0\0\xff\xff"
    assert document.note == ""


def test_svg_keeps_inner_references(read: Read) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'width="10" height="10"><defs><rect id="r" width="10" height="10" fill="#ff0000"/>'
        '<clipPath id="c"><rect width="10" height="10"/></clipPath></defs>'
        '<g clip-path="url(\'#c\')"><use xlink:href="#r"/></g></svg>'
    )
    document = picture(read("x.svg", svg))
    assert document.frames[0].pixels[:4] == b"\xff\0\0\xff"
    assert document.note == ""


def test_svg_loads_nothing_from_outside(read: Read, write: Callable[..., object]) -> None:
    red = encoded(PIL.Image.new("RGB", (10, 10), (255, 0, 0)), "PNG")
    secret = write("secret.png", red)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="10" height="10"><image width="10" height="10" xlink:href="{secret}"/>'
        '<image width="10" height="10" href="secret.png"/>'
        '<image width="10" height="10" href="http://127.0.0.1:9/x.png"/></svg>'
    )
    document = picture(read("x.svg", svg))
    assert set(document.frames[0].pixels) == {0}
    assert "3 outside references" in document.note


def test_bad_svg_is_text(read: Read) -> None:
    deep = (
        '<svg xmlns="http://www.w3.org/2000/svg">' + "<g>" * 100_000 + "</g>" * 100_000 + "</svg>"
    )
    bomb = (
        '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(12))
        + ']><svg xmlns="http://www.w3.org/2000/svg"><text>&a11;</text></svg>'
    )
    for content in ("<svg", "<html/>", deep, bomb):
        assert isinstance(read("x.svg", content), Text), content[:50]
