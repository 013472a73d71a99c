"""Takes an artifact URI apart: every spelling that MLflow, its users and their systems write."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

_DRIVE = re.compile(r"^/*([A-Za-z]):(?=[\\/]|$)")
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]+):(.*)$", re.DOTALL)
_PROXIED = "mlflow-artifacts"  # written through a tracking server, which knows the real place


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to read a URI's path.

    `parts` are its folders without drive, host and empty ones. `drive` is a lower-case letter.
    `scheme` is empty for a local path.
    """

    parts: tuple[str, ...]
    drive: str = ""
    host: str = ""
    absolute: bool = True
    scheme: str = ""

    @property
    def local_path(self) -> str:
        """Return the path in this machine's terms, not knowing whether it exists."""
        path = "/".join(self.parts)
        if self.drive:
            return f"{self.drive}:/{path}"
        if self.host:
            return f"//{self.host}/{path}"
        return f"/{path}" if self.absolute else path


@dataclass(frozen=True, slots=True)
class ArtifactUri:
    """A URI read in the one or two ways that it can be meant: raw first, then percent-decoded."""

    text: str
    scheme: str
    spellings: tuple[Spelling, ...]

    @property
    def is_local(self) -> bool:
        """Say whether the URI named a folder on the machine that wrote it."""
        return self.scheme in ("", "file")

    @property
    def is_proxied(self) -> bool:
        """Say whether a tracking server kept the files."""
        return self.scheme == _PROXIED


def parse(text: str) -> ArtifactUri:
    """Read a URI or path; any text is one."""
    scheme, rest = "", text
    match = None if _DRIVE.match(text) else _SCHEME.match(text)
    if match:
        scheme, rest = match[1].lower(), match[2]
    if scheme not in ("", "file"):
        rest = rest.split("?", 1)[0]
    readings = [rest]
    # People's paths hold raw spaces, and now and then a raw %: decoding is the second guess.
    if "%" in rest and (decoded := unquote(rest)) != rest and "\0" not in decoded:
        readings.append(decoded)
    return ArtifactUri(text, scheme, tuple(_spelling(scheme, reading) for reading in readings))


def _spelling(scheme: str, rest: str) -> Spelling:
    host = ""
    if scheme and rest.startswith("//"):
        host, _, rest = rest[2:].partition("/")
        if _DRIVE.match(host + "/"):  # file://C:/runs, written so by hand
            host, rest = "", f"{host}/{rest}"
        else:
            rest = f"/{rest}"
    drive = _DRIVE.match(rest)
    if drive:
        return Spelling(_parts(rest[drive.end() :].replace("\\", "/")), drive[1].lower())
    if not scheme and rest.startswith("\\\\"):
        host, _, rest = rest[2:].replace("\\", "/").partition("/")
        return Spelling(_parts(rest), host=host)
    if "/" not in rest:
        rest = rest.replace("\\", "/")
    if scheme not in ("", "file"):
        return Spelling(_parts(rest), host=host, scheme=scheme)
    host = "" if host == "localhost" else host
    return Spelling(_parts(rest), host=host, absolute=rest.startswith("/"))


def _parts(path: str) -> tuple[str, ...]:
    """Split a path; `..` takes its parent away, and stays where there is none."""
    found: list[str] = []
    for part in PurePosixPath(path).parts:
        if part == ".." and found and found[-1] != "..":
            found.pop()
        elif part.strip("/"):
            found.append(part)
    return tuple(found)
