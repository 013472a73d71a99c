"""What kind of file an artifact is, by its name: for the filter, the order and the icons' words."""

from enum import StrEnum


class FileKind(StrEnum):
    """The kinds that a person looks for; the value is what the filter's menu says."""

    IMAGE = "Images"
    TABLE = "Tables"
    TEXT = "Text and Code"
    DATA = "JSON, YAML and TOML"
    NOTEBOOK = "Notebooks and Pages"
    MODEL = "Models and Weights"
    ARRAY = "Arrays"
    MEDIA = "Audio and Video"
    ARCHIVE = "Archives"
    OTHER = "Other Files"


_ENDS: dict[FileKind, tuple[str, ...]] = {
    FileKind.IMAGE: (
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".tif", ".tiff", ".avif", ".ico",
    ),
    FileKind.TABLE: (
        ".csv", ".tsv", ".parquet", ".feather", ".arrow", ".xlsx", ".xls", ".jsonl", ".ndjson",
        ".db", ".sqlite",
    ),
    FileKind.NOTEBOOK: (".ipynb", ".html", ".htm", ".pdf", ".md"),
    FileKind.DATA: (".json", ".yaml", ".yml", ".toml", ".geojson"),
    FileKind.MODEL: (
        ".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".onnx", ".h5", ".hdf5", ".keras",
        ".safetensors", ".gguf", ".xgb", ".ubj", ".cbm", ".model",
    ),
    FileKind.ARRAY: (".npy", ".npz"),
    FileKind.MEDIA: (".wav", ".mp3", ".ogg", ".flac", ".mp4", ".webm", ".mov", ".avi", ".mkv"),
    FileKind.ARCHIVE: (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".whl"),
    FileKind.TEXT: (
        ".txt", ".log", ".py", ".js", ".sh", ".sql", ".xml", ".rst", ".r", ".ini", ".cfg", ".conf",
        ".env", ".out", ".err", ".c", ".cpp", ".h", ".java", ".css", ".tex", ".diff", ".patch",
    ),
}  # fmt: skip
_NAMES = {
    "MLmodel": FileKind.MODEL,
    "Dockerfile": FileKind.TEXT,
    "Makefile": FileKind.TEXT,
    "README": FileKind.TEXT,
}
_BY_END = {end: kind for kind, ends in _ENDS.items() for end in ends}


def kind_of(name: str) -> FileKind:
    """Return the kind of a file; what its bytes say is found out when it is previewed."""
    base = name.rpartition("/")[2]
    if base in _NAMES:
        return _NAMES[base]
    _, dot, end = base.rpartition(".")
    return _BY_END.get(f"{dot}{end.lower()}", FileKind.OTHER) if dot else FileKind.OTHER
