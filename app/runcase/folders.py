"""The folders of this person on this machine, found without Qt: the commands need them too."""

import os
import sys
from pathlib import Path


def data_folder() -> Path:
    """Return where Runcase keeps what it writes itself, the sample store above all."""
    return _folder("XDG_DATA_HOME", ".local/share", "Application Support") / "runcase"


def config_folder() -> Path:
    """Return where Runcase keeps its settings."""
    return _folder("XDG_CONFIG_HOME", ".config", "Preferences") / "runcase"


def cache_folder() -> Path:
    """Return where Runcase keeps what it can make again, such as copies of file stores."""
    return _folder("XDG_CACHE_HOME", ".cache", "Caches") / "runcase"


def _folder(variable: str, unix: str, mac: str) -> Path:
    """Return a base folder by the rules of the XDG base directories, macOS and Windows."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / mac
    chosen = os.environ.get(variable, "")
    return Path(chosen) if os.path.isabs(chosen) else Path.home() / unix
