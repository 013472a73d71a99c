"""Bytes as lines of hexadecimal digits and the characters they are in ASCII."""

WIDTH = 16
_PRINTABLE = bytes(code if 32 <= code < 127 else ord(".") for code in range(256))


def lines(data: bytes, offset: int = 0) -> list[str]:
    """Return 16 bytes a line: offset, bytes in two groups of eight, characters."""
    digits = max(8, len(f"{offset + len(data):x}"))
    return [
        f"{offset + start:0{digits}x}  {_hex(data[start : start + WIDTH])}  "
        + data[start : start + WIDTH].translate(_PRINTABLE).decode("ascii")
        for start in range(0, len(data), WIDTH)
    ]


def _hex(row: bytes) -> str:
    half = WIDTH // 2
    return f"{row[:half].hex(' '):<23}  {row[half:].hex(' '):<23}"
