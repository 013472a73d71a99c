"""The names of the runs' experiments, as a column that filters can compare."""

import numpy as np
from sqlalchemy import select

from runcase.store import salvage, schema
from runcase.store.columns import TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame import RunFrame
from runcase.store.values import text


def experiment_names(connection: ReadConnection, frame: RunFrame) -> TextColumn:
    """Return the name of each run's experiment: the column of the attribute `experiment`."""
    experiments = schema.experiments.c
    statement = select(experiments.experiment_id, experiments.name)
    rows = salvage.rows(connection, statement, schema.experiments, "experiments")
    names = {text(row[0]): text(row[1]) for row in rows}
    ids = frame.attribute("experiment_id")
    named = TextColumn.of([names.get(each) for each in ids.categories], len(ids.categories))
    codes = np.append(named.codes, np.int32(-1))[ids.codes]
    return TextColumn(codes, named.categories, codes >= 0)
