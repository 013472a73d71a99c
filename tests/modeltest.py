"""Watches an item model with Qt's own tester, for models that change in a hypothesis test."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QAbstractItemModel
from PySide6.QtTest import QAbstractItemModelTester


@contextmanager
def watched(model: QAbstractItemModel, qtlog) -> Iterator[None]:
    """Fail if the model breaks a rule of item models meanwhile."""
    before = len(qtlog.records)
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    tester = QAbstractItemModelTester(model, mode)
    yield
    tester.deleteLater()
    assert [record.message for record in qtlog.records[before:]] == []
