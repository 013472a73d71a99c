"""Makes the page of each kind of place, importing it when the first one is wanted.

All pages together cost 0.15 s to import: too much to pay before the first rows are on the screen.
"""

from runcase.session.local import LocalMarks
from runcase.session.session import Session
from runcase.ui.context import Context
from runcase.ui.location import Place
from runcase.ui.pages.base import Page


def make_page(place: Place, context: Context, session: Session, local: LocalMarks) -> Page:
    """Return a new page for a kind of place of a store."""
    match place:
        case Place.EXPERIMENT:
            from runcase.ui.pages.experiment import ExperimentPage

            return ExperimentPage(context, session, local)
        case Place.RUN:
            from runcase.ui.pages.run import RunPage

            return RunPage(context, session)
        case Place.COMPARE:
            from runcase.ui.pages.compare import ComparePage

            return ComparePage(context, session, local)
        case Place.MODELS:
            from runcase.ui.pages.models import ModelsPage

            return ModelsPage(context, session)
        case Place.MODEL:
            from runcase.ui.pages.model import ModelPage

            return ModelPage(context, session)
        case Place.FILE:
            from runcase.ui.pages.file import FilePage

            return FilePage(context)
        case Place.SEARCH:
            from runcase.ui.pages.search import SearchPage

            return SearchPage(context, session)
        case Place.HEALTH:
            from runcase.ui.pages.health import HealthPage

            return HealthPage(context, session)
        case _:
            from runcase.ui.pages.overview import OverviewPage

            return OverviewPage(context, session)
