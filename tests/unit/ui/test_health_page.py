from runcase.store.health import Severity
from runcase.ui.location import Location, Place
from runcase.ui.pages.health import HealthPage


def test_the_page_checks_by_itself_and_in_full_on_demand(qtbot, context, session):
    page = HealthPage(context, session)
    qtbot.addWidget(page)
    page.go(Location(Place.HEALTH))
    qtbot.waitUntil(lambda: bool(page.findings()), timeout=10_000)
    before = len(page.findings())
    assert any(each.severity is Severity.WARNING for each in page.findings())
    page.check_integrity()
    qtbot.waitUntil(lambda: len(page.findings()) == before + 1, timeout=10_000)
    assert page.findings()[0].title == "Integrity check passed"
    assert set(page.commands()) == {"health-check", "integrity-check"}
