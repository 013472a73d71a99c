"""ZIP, tar and gzip archives: what they hold, and their members without unpacking to disk."""

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import words
from runcase.preview.document import Document
from runcase.preview.inventory import Archive, Entry
from runcase.preview.source import Source

ENTRIES = 20_000
# A member is held in memory; a bomb is told by what it claims, and stopped by what comes out.
MEMBER_BYTES = 128 * 1024 * 1024
_WALKED_BYTES = 1024 * 1024 * 1024
_BOMB_RATIO = 200
_DAMAGED = (
    OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError,
    NotImplementedError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
Opener = Callable[[Source], Document]


def read_zip(source: Source, open_inner: Opener) -> Document:
    """List a ZIP archive, or open the member that is asked for."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            if source.request.parts:
                return _zip_member(source, archive, open_inner)
            members = archive.infolist()
            entries = tuple(_zip_entry(each) for each in members[:ENTRIES])
            return _archive(source, "ZIP archive", entries, len(members))
    except _DAMAGED as error:
        raise UnreadableError(f"It is not a valid ZIP archive: {_words(error)}.") from error


def read_tar(source: Source, open_inner: Opener) -> Document:
    """List a tar archive, compressed or not, or open the member that is asked for."""
    form = {b"\x1f\x8b": "tar.gz archive", b"BZ": "tar.bz2 archive", b"\xfd7": "tar.xz archive"}
    try:
        with source.open() as file, tarfile.open(fileobj=_Limited(file), mode="r|*") as archive:
            return _walk_tar(source, archive, form.get(source.head[:2], "tar archive"), open_inner)
    except _DAMAGED as error:
        raise UnreadableError(f"It is not a valid tar archive: {_words(error)}.") from error


def read_gzip(source: Source, open_inner: Opener) -> Document:
    """Open the one file in a gzip file as what it is; a tar inside is listed."""
    try:
        with source.open() as file, gzip.GzipFile(fileobj=file) as unpacked:
            head = unpacked.read(512)
            if head[257:262] == b"ustar":
                return read_tar(source, open_inner)
            data = head + unpacked.read(MEMBER_BYTES + 1 - len(head))
    except _DAMAGED as error:
        raise UnreadableError(f"It is not a valid gzip file: {_words(error)}.") from error
    cut = len(data) > MEMBER_BYTES
    name = source.name.removesuffix(".gz") or source.name
    inner = Source.member(source, name, data[:MEMBER_BYTES], source.request)
    note = f"The first {words.size(MEMBER_BYTES)} of what is in a gzip file." if cut else ""
    document = open_inner(inner)
    notes = " ".join(each for each in (note, document.note) if each)
    return replace(document, name=source.name, note=notes)


def _zip_member(source: Source, archive: zipfile.ZipFile, open_inner: Opener) -> Document:
    wanted, rest = source.request.parts[0], source.request.parts[1:]
    try:
        info = archive.getinfo(wanted)
    except KeyError as error:
        raise UnreadableError(f"The archive holds no “{wanted}”.") from error
    if info.flag_bits & 1:
        raise UnreadableError("The member is encrypted.")
    with archive.open(info) as member:
        data = member.read(MEMBER_BYTES + 1)
    return _inner(source, wanted, data, rest, open_inner)


def _inner(
    source: Source, name: str, data: bytes, rest: tuple[str, ...], open_inner: Opener
) -> Document:
    if len(data) > MEMBER_BYTES:
        raise TooBigError(f"“{name}” unpacks to more than {words.size(MEMBER_BYTES)}.")
    return open_inner(Source.member(source, name, data, replace(source.request, parts=rest)))


def _zip_entry(info: zipfile.ZipInfo) -> Entry:
    try:
        modified = datetime(*info.date_time).isoformat(" ", "minutes")
    except ValueError:
        modified = ""
    note = _odd_path(info.filename)
    if info.flag_bits & 1:
        note = "encrypted"
    elif info.file_size > _BOMB_RATIO * max(1, info.compress_size) and info.file_size > 10**7:
        note = "unpacks to far more than it is: perhaps a ZIP bomb"
    folder = info.is_dir()
    return Entry(info.filename, info.file_size, info.compress_size, modified, folder, note)


def _walk_tar(source: Source, archive: tarfile.TarFile, form: str, open_inner: Opener) -> Document:
    entries: list[Entry] = []
    wanted = source.request.parts[0] if source.request.parts else None
    for member in archive:
        if wanted is not None and member.name == wanted:
            file = archive.extractfile(member) if member.isfile() else None
            if file is None:
                raise UnreadableError(f"“{wanted}” is no file.")
            data = file.read(MEMBER_BYTES + 1)
            return _inner(source, wanted, data, source.request.parts[1:], open_inner)
        entries.append(_tar_entry(member))
        if len(entries) >= ENTRIES:
            break
    if wanted is not None:
        raise UnreadableError(f"The archive holds no “{wanted}”.")
    return _archive(source, form, tuple(entries), len(entries))


def _tar_entry(member: tarfile.TarInfo) -> Entry:
    try:
        modified = datetime.fromtimestamp(member.mtime, UTC).isoformat(" ", "minutes")[:16]
    except (ValueError, OverflowError, OSError):
        modified = ""
    note = _odd_path(member.name)
    if member.issym() or member.islnk():
        note = f"a link to {member.linkname}"
    elif not (member.isfile() or member.isdir()):
        note = "a device or pipe"
    size = max(0, min(member.size, 2**62))
    return Entry(member.name, size, size, modified, member.isdir(), note)


def _archive(source: Source, form: str, entries: tuple[Entry, ...], total: int) -> Archive:
    unpacked = sum(each.size for each in entries)
    notes = []
    outside = sum(each.note.startswith("leads out") for each in entries)
    if outside:
        many = words.many(outside, "member leads", "members lead")
        notes.append(f"{many} out of the folder it would be unpacked to.")
    if any("bomb" in each.note for each in entries):
        notes.append(f"It may be a ZIP bomb: it unpacks to {words.size(unpacked)}.")
    if total > len(entries):
        notes.append(f"The first {len(entries):,} members are shown.")
    capped = min(unpacked, 2**62)
    return Archive(source.name, source.size, " ".join(notes), form, entries, total, capped)


def _odd_path(path: str) -> str:
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or path.startswith(("/", "\\")) or path[1:2] == ":":
        return "leads out of the folder"
    return ""


def _words(error: BaseException) -> str:
    return str(error).split("\n")[0].rstrip(".")[:120] or type(error).__name__


class _Limited(io.RawIOBase):
    """Passes a file on up to a limit, so that a walk through a huge archive ends."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._room = _WALKED_BYTES

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, count: int = -1) -> bytes:
        """Return the next bytes; none behind the limit."""
        count = self._room if count < 0 else min(count, self._room)
        data = self._file.read(count)
        self._room -= len(data)
        return data
