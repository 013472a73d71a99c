from pathlib import Path

import pytest

from runcase import folders
from writer import Writer


@pytest.fixture
def writer(request):
    started = []

    def start(code: str, path: Path) -> Writer:
        started.append(Writer(code, path))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """Keep the copies of file stores that a test opens out of the person's own cache folder."""
    home = tmp_path_factory.mktemp("home")
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(home))
    return folders.cache_folder()
