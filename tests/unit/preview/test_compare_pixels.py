import numpy as np

from runcase.preview.compare_pixels import pixel_difference
from runcase.preview.document import Frame


def frame(width: int, height: int, *, color: tuple[int, int, int, int] = (9, 9, 9, 255)) -> Frame:
    return Frame(width, height, 0, bytes(color) * (width * height))


def with_pixel(of: Frame, x: int, y: int, color: tuple[int, int, int, int]) -> Frame:
    pixels = bytearray(of.pixels)
    at = 4 * (y * of.width + x)
    pixels[at : at + 4] = bytes(color)
    return Frame(of.width, of.height, 0, bytes(pixels))


def test_pixels_that_differ_are_counted() -> None:
    plain = frame(5, 4)
    found = pixel_difference(plain, with_pixel(plain, 3, 1, (9, 29, 4, 255)))
    assert (found.differing, found.compared, found.largest) == (1, 20, 20)
    assert found.values[1, 3] == 20
    same = pixel_difference(plain, plain)
    assert (same.differing, same.largest) == (0, 0)


def test_colours_that_are_not_seen_do_not_count() -> None:
    one, other = frame(2, 2, color=(255, 0, 0, 0)), frame(2, 2, color=(0, 255, 0, 0))
    assert pixel_difference(one, other).differing == 0
    half = pixel_difference(frame(1, 1, color=(200, 0, 0, 255)), frame(1, 1, color=(200, 0, 0, 0)))
    assert half.largest == 255


def test_what_one_picture_alone_covers_differs() -> None:
    found = pixel_difference(frame(4, 2), frame(2, 3))
    assert found.values.shape == (3, 4)
    assert found.values.tolist() == [[0, 0, 255, 255], [0, 0, 255, 255], [255, 255, 0, 0]]
    assert (found.differing, found.compared) == (6, 10)


def test_a_large_picture_is_compared_in_pieces() -> None:
    values = np.zeros((1_200, 1_000, 4), np.uint8)
    values[..., 3] = 255
    left = Frame(1_000, 1_200, 0, values.tobytes())
    values[1_100, 7] = (3, 0, 0, 255)
    found = pixel_difference(left, Frame(1_000, 1_200, 0, values.tobytes()))
    assert np.argwhere(found.values).tolist() == [[1_100, 7]]


def test_a_frame_that_lies_about_its_size_is_empty() -> None:
    for lie in (Frame(2, 2, 0, b""), Frame(1 << 40, 1 << 40, 0, b"1"), Frame(-1, -1, 0, b"1234")):
        found = pixel_difference(lie, frame(2, 2))
        assert found.values.shape == (2, 2)
        assert (found.differing, found.compared, found.largest) == (4, 4, 255)
        assert pixel_difference(lie, lie).compared == 0
