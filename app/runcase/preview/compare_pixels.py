"""How far two decoded pictures are apart, pixel by pixel."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runcase.preview.document import Frame

Bytes = npt.NDArray[np.uint8]

# Rows are compared in pieces of so many pixels, so that no large copy of a picture is made.
_PIECE = 1_000_000
# Where only one of two pictures has a pixel, it cannot be further from the other one's.
_ALONE = 255


@dataclass(frozen=True, slots=True, eq=False)
class PixelDifference:
    """The difference of two pictures laid over each other at their top left corners.

    `values` are (height, width) uint8: the largest difference of a channel, premultiplied by
    alpha, so that what is not seen does not count; 255 where only one picture has a pixel.
    `differing` of `compared` pixels are not the same.
    """

    values: Bytes
    differing: int
    compared: int
    largest: int


def pixel_difference(left: Frame, right: Frame) -> PixelDifference:
    """Compare two pictures; of different sizes, what only one covers differs."""
    a, b = _pixels(left), _pixels(right)
    height, width = max(a.shape[0], b.shape[0]), max(a.shape[1], b.shape[1])
    common = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    values = np.zeros((height, width), np.uint8)
    for each in (a, b):
        values[: each.shape[0], : each.shape[1]] = _ALONE
    rows = max(1, _PIECE // max(1, common[1]))
    for top in range(0, common[0], rows):
        end = min(common[0], top + rows)
        one, other = (_seen(each[top:end, : common[1]]) for each in (a, b))
        values[top:end, : common[1]] = np.abs(one - other).max(axis=2, initial=0)
    compared = a.size // 4 + b.size // 4 - common[0] * common[1]
    largest = int(values.max(initial=0))
    return PixelDifference(values, int(np.count_nonzero(values)), compared, largest)


def _pixels(frame: Frame) -> Bytes:
    """Return a frame as (height, width, 4); one that lies about its size is empty."""
    if not frame.is_honest:
        return np.zeros((0, 0, 4), np.uint8)
    return np.frombuffer(frame.pixels, np.uint8).reshape(frame.height, frame.width, 4)


def _seen(pixels: Bytes) -> npt.NDArray[np.int16]:
    """Return channels as they are seen: colours times alpha, and alpha itself."""
    found = pixels.astype(np.int16)
    alpha = found[..., 3:]
    if int(alpha.min(initial=_ALONE)) < _ALONE:
        found[..., :3] = found[..., :3].astype(np.int32) * alpha // _ALONE
    return found
