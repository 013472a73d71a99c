"""Any file as its size, what it seems to be, and a window of its bytes."""

from runcase.preview.document import Bytes
from runcase.preview.source import Source

WINDOW_BYTES = 64 * 1024

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"BM", "BMP image"),
    (b"PAR1", "Parquet table"),
    (b"ARROW1", "Arrow table"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"\x93NUMPY", "NumPy array"),
    (b"\x89HDF\r\n\x1a\n", "HDF5 file"),
    (b"%PDF-", "PDF document"),
    (b"\x1f\x8b", "gzip archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ\0", "xz archive"),
    (b"(\xb5/\xfd", "Zstandard archive"),
    (b"7z\xbc\xaf'\x1c", "7-Zip archive"),
    (b"\x7fELF", "ELF program or library"),
    (b"MZ", "Windows program or library"),
    (b"GGUF", "GGUF model weights"),
    (b"RIFF", "RIFF container"),
    (b"OggS", "Ogg media"),
    (b"ID3", "MP3 audio"),
    (b"fLaC", "FLAC audio"),
)
# What MLflow's flavors and their users put into a ZIP archive.
_ZIP_SUFFIXES = {
    ".pt": "PyTorch file (a ZIP archive with a pickle)",
    ".pth": "PyTorch file (a ZIP archive with a pickle)",
    ".ckpt": "PyTorch checkpoint (a ZIP archive with a pickle)",
    ".npz": "NumPy arrays (a ZIP archive)",
    ".keras": "Keras model (a ZIP archive)",
    ".skops": "skops model (a ZIP archive)",
    ".xlsx": "Excel workbook",
    ".whl": "Python wheel",
    ".jar": "Java archive",
}
_SUFFIXES = {
    ".safetensors": "safetensors weights",
    ".onnx": "ONNX model",
    ".cbm": "CatBoost model",
    ".ubj": "XGBoost model (UBJSON)",
    ".tar": "tar archive",
    ".mp4": "MP4 video",
    ".avif": "AVIF image",
}


def read(source: Source) -> Bytes:
    """Show a window of the bytes; raises `UnreadableError` when they cannot be read."""
    request = source.request
    offset = min(max(0, request.offset if request.as_bytes else 0), source.size)
    count = min(request.count or WINDOW_BYTES, WINDOW_BYTES)
    data = source.window(offset, count) if offset else source.read(count)
    return Bytes(source.name, source.size, "", words(source), data, offset)


def words(source: Source) -> str:
    """Say in words what a file seems to be, by its first bytes and then by its name."""
    head = source.head
    if not head:
        return "Empty file"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _ZIP_SUFFIXES.get(source.suffix, "ZIP archive")
    if head[:1] == b"\x80" and len(head) > 1 and 2 <= head[1] <= 5:
        return f"Pickle, protocol {head[1]} (not loaded)"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP image"
    for magic, text in _MAGIC:
        if head.startswith(magic):
            return text
    return _SUFFIXES.get(source.suffix, "Binary data")
