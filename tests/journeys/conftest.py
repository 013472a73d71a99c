"""The whole application on stores that MLflow wrote."""

import pytest

from driving import running
from runcase.store.sample import write_sample
from small_store import picture


@pytest.fixture
def application(qapp, tmp_path):
    """The application without a window yet, with settings in a folder of this test."""
    with running(qapp, tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The sample store, which no test may change."""
    database = write_sample(tmp_path_factory.mktemp("sample") / "store")
    before = picture(database.parent)
    yield database
    assert picture(database.parent) == before
