"""What every page is handed: the theme, the settings, the jobs and the previews."""

from dataclasses import dataclass, field
from pathlib import Path

from runcase.session.jobs import Jobs
from runcase.session.open_stores import OpenStores
from runcase.session.previews import Previews
from runcase.ui.allow_list import AllowList
from runcase.ui.settings import Settings
from runcase.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Context:
    """The application's shared parts; built once, in `app.py`.

    `local_db` is where marks and views are kept, one file for all stores; `allowed` are imports
    of pickles that a person allowed; `stores` are those that are open in some window.
    """

    theme: Theme
    settings: Settings
    jobs: Jobs
    previews: Previews
    local_db: Path
    allowed: AllowList
    stores: OpenStores = field(default_factory=OpenStores)
