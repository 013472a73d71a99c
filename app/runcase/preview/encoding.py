"""What encoding bytes are in, and whether they are text at all."""

import codecs
import unicodedata
from collections import Counter

from charset_normalizer import from_bytes

from runcase.preview.source import HEAD_BYTES

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TELLING = 32
_FEWEST_WIDE = 4
_SHORT = 16
# Of any binary file as much is tried; all of the head would take 60 ms.
_WIDE_BYTES = 4096
_LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "latin-1": "Latin-1",
}
# Tab, line feed, form feed, carriage return, backspace and escape (coloured logs).
_TEXT_CONTROLS = frozenset(b"\t\n\f\r\b\x1b")


def detect(head: bytes) -> str | None:
    """Return the codec for a file that starts with these bytes, or None if it is no text."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        return _wide(head)
    if _is_utf8(head):
        return None if _controls(head) > 0.02 else "utf-8"
    return _legacy(head)


def label(codec: str) -> str:
    """Return the name of a codec as a person writes it."""
    if codec.startswith("cp125"):
        return f"Windows-{codec[2:]}"
    return _LABELS.get(codec, codec.upper().replace("_", "-"))


def _is_utf8(head: bytes) -> bool:
    # A window may end within a character, so the decoder may keep a rest.
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return True


def _wide(head: bytes) -> str | None:
    """Tell UTF-16 and UTF-32 without a mark: by what they would say, as most bytes say nothing.

    In the wrong order of bytes a letter or a space is another character, and a line feed is none.
    """
    if len(head) < 2 * _FEWEST_WIDE:
        return None
    best, most = None, 0
    for codec in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = codecs.getincrementaldecoder(codec)("replace").decode(head[:_WIDE_BYTES])
        plain = sum(each < "\x7f" for each in text)
        if plain > most and _is_plausible(text):
            best, most = codec, plain
    return best


def _is_plausible(text: str) -> bool:
    """Say whether hardly any character means nothing, and most are of a few scripts."""
    counted = Counter(text)
    odd = sum(count for character, count in counted.items() if _is_odd(character))
    scripts: Counter[int] = Counter()
    for character, count in counted.items():
        scripts[_script(character)] += count
    if len(text) < _SHORT:
        return odd == 0 and scripts[0] >= 0.7 * len(text)
    most = sum(count for _, count in scripts.most_common(4))
    return odd <= 0.01 * len(text) and most >= 0.9 * len(text)


def _is_odd(character: str) -> bool:
    if character == "\N{REPLACEMENT CHARACTER}":
        return True
    means_nothing = unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs")
    return means_nothing and ord(character) not in _TEXT_CONTROLS


def _script(character: str) -> int:
    """Return about what script it is of: 256 characters are one, but for Chinese and Korean."""
    code = ord(character)
    if 0x3000 <= code < 0xA000:
        return 0x4E
    return 0xAC if 0xAC00 <= code < 0xD7B0 else code >> 8


def _legacy(head: bytes) -> str | None:
    if _controls(head) > 0.005:
        return None
    # Too few characters to tell languages apart: the commonest encoding then.
    if sum(code > 127 for code in head) < _TELLING and _decodes(head, "cp1252"):
        return "cp1252"
    best = from_bytes(head[: 16 * 1024]).best()
    if best is not None and best.encoding not in ("utf_8", "ascii"):
        return best.encoding
    return "cp1252" if _decodes(head, "cp1252") else "latin-1"


def _decodes(head: bytes, codec: str) -> bool:
    try:
        head.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _controls(head: bytes) -> float:
    # Not delete, which JSON does not escape.
    found = sum(head.count(code) for code in range(32) if code not in _TEXT_CONTROLS)
    return found / max(1, len(head))
