"""Draws the pictures among the sample's artifacts: PNG, WebP and GIF with Pillow, SVG as text."""

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Floats = npt.NDArray[np.float64]

_INK = "#1F2430"
_FAINT = "#C9CFDA"
_BLUE = (8, 48, 107)
_PALE = (247, 251, 255)


def png(image: Image.Image) -> bytes:
    """Return a picture as PNG, 144 dots an inch."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=False, dpi=(144, 144))
    return buffer.getvalue()


def webp(image: Image.Image) -> bytes:
    """Return a picture as WebP."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80)
    return buffer.getvalue()


def gif(frames: Sequence[Image.Image]) -> bytes:
    """Return an animation that repeats for ever."""
    buffer = io.BytesIO()
    first, *rest = frames
    first.save(buffer, "GIF", save_all=True, append_images=rest, duration=140, loop=0)
    return buffer.getvalue()


def confusion_matrix(labels: Sequence[str], counts: npt.NDArray[np.int64], title: str) -> bytes:
    """Draw a matrix of counts with its colour scale, 1200 × 1080."""
    image, draw = _page(1200, 1080)
    draw.text((600, 40), title, fill=_INK, font=_font(28), anchor="mm")
    left, top, size = 210, 90, 820
    cell = size / len(labels)
    most = int(counts.max())
    for row, of_row in enumerate(counts.tolist()):
        middle = top + (row + 0.5) * cell
        draw.text((left - 14, middle), labels[row], fill=_INK, font=_font(20), anchor="rm")
        for column, count in enumerate(of_row):
            x, y = left + column * cell, top + row * cell
            share = count / most
            draw.rectangle((x, y, x + cell, y + cell), fill=_between(_PALE, _BLUE, share))
            if count:
                ink = "white" if share > 0.5 else _INK
                place = (x + cell / 2, y + cell / 2)
                draw.text(place, str(count), fill=ink, font=_font(20), anchor="mm")
    draw.rectangle((left, top, left + size, top + size), outline=_INK, width=2)
    for column, label in enumerate(labels):
        _slanted(image, label, (left + (column + 0.5) * cell, top + size + 12))
    for y in range(size):
        colour = _between(_BLUE, _PALE, y / size)
        draw.line((left + size + 40, top + y, left + size + 66, top + y), fill=colour)
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = top + size * (1 - share)
        text = str(round(most * share))
        draw.text((left + size + 76, y), text, fill=_INK, font=_font(18), anchor="lm")
    draw.text((left + size / 2, 1050), "predicted", fill=_INK, font=_font(22), anchor="mm")
    return png(image)


def bars(title: str, names: Sequence[str], values: Sequence[float], colour: str) -> bytes:
    """Draw horizontal bars with their values, the first one at the top."""
    image, draw = _page(1000, 110 + 46 * len(names))
    draw.text((500, 40), title, fill=_INK, font=_font(26), anchor="mm")
    widest = max(values)
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        y = 84 + 46 * at
        draw.text((280, y + 16), name, fill=_INK, font=_font(20), anchor="rm")
        right = 296 + 560 * value / widest
        draw.rectangle((296, y, right, y + 32), fill=colour)
        draw.text((right + 12, y + 16), f"{value:,.3g}", fill=_INK, font=_font(18), anchor="lm")
    return png(image)


def scatter(title: str, x: Floats, y: Floats, names: tuple[str, str]) -> bytes:
    """Draw points about the diagonal."""
    image, draw = _page(1000, 840)
    draw.text((500, 36), title, fill=_INK, font=_font(26), anchor="mm")
    box = (110, 80, 940, 740)
    most = float(max(x.max(), y.max()))
    _grid(draw, box, most)
    over = Image.new("RGBA", image.size, (0, 0, 0, 0))
    dots = ImageDraw.Draw(over)
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        px = box[0] + (box[2] - box[0]) * a / most
        py = box[3] - (box[3] - box[1]) * b / most
        dots.ellipse((px - 4, py - 4, px + 4, py + 4), fill=(47, 62, 212, 90))
    image.paste(over, (0, 0), over)
    draw.line((box[0], box[3], box[2], box[1]), fill="#C4352B", width=3)
    draw.text((525, 806), names[0], fill=_INK, font=_font(20), anchor="mm")
    _slanted(image, names[1], (70, 420), angle=90)
    return png(image)


def heat_map(title: str, values: Floats, rows: Sequence[str], columns: Sequence[str]) -> bytes:
    """Draw a grid of values between their least and their greatest, with both axes named."""
    image, draw = _page(1100, 900)
    draw.text((550, 40), title, fill=_INK, font=_font(26), anchor="mm")
    left, top, width, height = 150, 90, 900, 700
    least, most = float(values.min()), float(values.max())
    across, down = width / len(columns), height / len(rows)
    for row, of_row in enumerate(values.tolist()):
        y = top + row * down
        draw.text((left - 14, y + down / 2), rows[row], fill=_INK, font=_font(20), anchor="rm")
        for column, value in enumerate(of_row):
            x = left + column * across
            share = (value - least) / (most - least or 1)
            draw.rectangle((x, y, x + across, y + down), fill=_viridis(share))
            place = (x + across / 2, y + down / 2)
            ink = "white" if share < 0.6 else _INK
            draw.text(place, f"{value:.3f}", fill=ink, font=_font(20), anchor="mm")
    for column, name in enumerate(columns):
        place = (left + (column + 0.5) * across, top + height + 26)
        draw.text(place, name, fill=_INK, font=_font(20), anchor="mm")
    draw.text((left + width / 2, 866), "gamma", fill=_INK, font=_font(22), anchor="mm")
    draw.text((40, top + height / 2), "C", fill=_INK, font=_font(22), anchor="mm")
    return png(image)


def blobs(random: np.random.Generator, width: int, height: int, phase: float = 0.0) -> Image.Image:
    """Return a picture of soft spots, such as a network's attention looks."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    total = np.zeros((height, width))
    for _ in range(4):
        cx, cy = random.uniform(0.15, 0.85, 2) * (width, height)
        spread = random.uniform(0.08, 0.25) * width
        turn = phase + random.uniform(0, 6.28)
        cx, cy = cx + 0.06 * width * np.cos(turn), cy + 0.06 * height * np.sin(turn)
        total += np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * spread**2))
    share = (total / total.max())[..., None]
    dark, middle, light = (np.array(c) for c in ((52, 28, 92), (196, 64, 96), (252, 226, 140)))
    low = dark + (middle - dark) * np.clip(share * 2, 0, 1)
    colours = low + (light - middle) * np.clip(share * 2 - 1, 0, 1)
    return Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8), "RGB")


def picture_grid(random: np.random.Generator, titles: Sequence[str]) -> bytes:
    """Draw spots in a grid of four columns, each with its title below."""
    rows = -(-len(titles) // 4)
    image, draw = _page(1060, 40 + 290 * rows)
    for at, title in enumerate(titles):
        x, y = 30 + 255 * (at % 4), 30 + 290 * (at // 4)
        image.paste(blobs(random, 235, 235), (x, y))
        draw.text((x + 118, y + 256), title, fill=_INK, font=_font(18), anchor="mm")
    return png(image)


def line_svg(title: str, lines: Sequence[tuple[str, str, Floats]]) -> str:
    """Return lines over their index as SVG; each is a name, a colour and its values."""
    most = max(float(values.max()) for _, _, values in lines)
    least = min(float(values.min()) for _, _, values in lines)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 440" font-family="sans-serif">',
        '<rect width="720" height="440" fill="#ffffff"/>',
        f'<text x="360" y="32" text-anchor="middle" font-size="18" fill="{_INK}">{title}</text>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = 390 - 330 * share
        value = least + (most - least) * share
        parts.append(f'<path d="M70 {y:g}H690" stroke="{_FAINT}" fill="none"/>')
        parts.append(
            f'<text x="62" y="{y + 4:g}" text-anchor="end" font-size="12">{value:.3g}</text>'
        )
    for at, (name, colour, values) in enumerate(lines):
        xs = np.linspace(70, 690, len(values))
        ys = 390 - 330 * (values - least) / (most - least or 1)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(
            f'<text x="600" y="{76 + 20 * at}" font-size="13" fill="{colour}">{name}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _page(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (width, height), "white")
    return image, ImageDraw.Draw(image)


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def _slanted(image: Image.Image, text: str, place: tuple[float, float], angle: float = 40) -> None:
    """Write a text that ends at `place`, or is centred there when it stands upright."""
    font = _font(20)
    box = font.getbbox(text)
    label = Image.new("L", (int(box[2]) + 4, int(box[3]) + 6), 0)
    ImageDraw.Draw(label).text((2, 2), text, fill=255, font=font)
    turned = label.rotate(angle, expand=True)
    x, y = place
    if angle == 90:
        at = (int(x - turned.width / 2), int(y - turned.height / 2))
    else:
        at = (int(x - turned.width + 10), int(y))
    image.paste(Image.new("RGB", turned.size, _INK), at, turned)


def _grid(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], most: float) -> None:
    left, top, right, bottom = box
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = left + (right - left) * share, bottom - (bottom - top) * share
        draw.line((left, y, right, y), fill=_FAINT)
        draw.line((x, top, x, bottom), fill=_FAINT)
        text = f"{most * share:.0f}"
        draw.text((left - 10, y), text, fill=_INK, font=_font(18), anchor="rm")
        draw.text((x, bottom + 18), text, fill=_INK, font=_font(18), anchor="mm")


def _between(
    first: tuple[int, int, int], last: tuple[int, int, int], share: float
) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, last, strict=True))
    return red, green, blue


def _viridis(share: float) -> tuple[int, int, int]:
    stops = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
    place = min(share, 0.9999) * (len(stops) - 1)
    return _between(stops[int(place)], stops[int(place) + 1], place - int(place))
