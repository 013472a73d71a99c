"""The whole application on stores that MLflow wrote."""

import pytest

from driving import running


@pytest.fixture
def application(qapp, tmp_path):
    """The application without a window yet, with settings in a folder of this test."""
    with running(qapp, tmp_path) as made:
        yield made
