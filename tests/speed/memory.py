"""Opens the fullest experiment of a store in the real window with ten columns; prints memory."""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from runcase.app import Application
from runcase.store.records import Kind
from runcase.ui.store_window import StoreWindow

MB = 1_000_000


def settle(application, done):
    while not done() or application.context.jobs.pending:
        QApplication.processEvents()
        time.sleep(0.005)


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


qt = QApplication(sys.argv[:1])
with tempfile.TemporaryDirectory() as folder:
    settings = QSettings(str(Path(folder) / "x.ini"), QSettings.Format.IniFormat)
    application = Application(qt, settings, Path(folder) / "local.db")
    application.open([sys.argv[1]])
    settle(
        application, lambda: any(isinstance(w, StoreWindow) and w.page for w in application.windows)
    )
    window = next(each for each in application.windows if isinstance(each, StoreWindow))
    table = window.page.table
    settle(application, lambda: table.loader.whole)
    keys = [key for key in table.loader.keys if key.kind in (Kind.METRIC, Kind.PARAM)]
    half = [key for key in keys if key.kind is Kind.METRIC][:5]
    table.set_columns(half + [key for key in keys if key.kind is Kind.PARAM][:5])
    settle(application, lambda: table.loader.whole)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"{table.loader.total:,} runs, {resident() / MB:.0f} MB resident, peak {peak / MB:.0f} MB",
        flush=True,
    )
    os._exit(0)  # closing is not what is measured
