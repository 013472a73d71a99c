"""Tables of runs for charts, made of plain lists."""

import numpy as np

from runcase.curves.run_table import RunTable, Values


def numbers(name, values, *, is_time=False):
    """Return a metric, or an attribute of numbers; None is missing."""
    array = np.array([np.nan if value is None else value for value in values], dtype=float)
    codes = np.full(len(array), -1, dtype=np.int32)
    return Values(name, name.partition(":")[2], array, codes, (), True, is_time)


def texts(name, values):
    """Return a param; None is missing, and numbers are numbers if all are."""
    labels = tuple(sorted({value for value in values if value is not None}))
    codes = np.array([-1 if v is None else labels.index(v) for v in values], dtype=np.int32)
    try:
        parsed = [np.nan if value is None else float(value) for value in values]
        return Values(name, name.partition(":")[2], np.array(parsed), codes, labels, True)
    except ValueError:
        gaps = np.full(len(values), np.nan)
        return Values(name, name.partition(":")[2], gaps, codes, labels, False)


def table(*columns):
    """Return the runs r0, r1 and so on."""
    count = len(columns[0].numbers) if columns else 0
    ids = [f"r{at}" for at in range(count)]
    return RunTable(
        ids, [f"run {at}" for at in range(count)], {each.name: each for each in columns}
    )


def sweep(count=60, seed=7):
    """Return a sweep: accuracy follows lr and optimizer; some values are missing or not finite."""
    random = np.random.default_rng(seed)
    lr = 10 ** random.uniform(-5, -1, count)
    optimizer = random.choice(["adamw", "sgd", "lion"], count)
    batch = random.choice([32, 64, 128, 256], count)
    lift = np.select([optimizer == "adamw", optimizer == "sgd"], [0.03, 0.01], 0.0)
    accuracy = 0.94 - 0.01 * (np.log10(lr) + 3) ** 2 + lift + random.normal(0, 0.004, count)
    loss = 2.0 - 1.5 * accuracy + random.normal(0, 0.01, count)
    accuracy[3], accuracy[4], loss[5] = np.nan, np.inf, np.nan
    decay = [
        None if at % 9 == 0 else repr(float(10.0 ** random.integers(-5, -1))) for at in range(count)
    ]
    return table(
        texts("param:lr", [f"{each:.3g}" for each in lr]),
        texts("param:optimizer", list(optimizer)),
        texts("param:batch_size", [str(each) for each in batch]),
        texts("param:weight_decay", decay),
        texts("param:seed", ["1"] * count),
        numbers("metric:accuracy", accuracy),
        numbers("metric:val/loss", loss),
        numbers("attribute:start_time", 1.76e12 + 3.6e6 * np.arange(count), is_time=True),
        numbers("attribute:duration", random.uniform(1e4, 9e6, count)),
    )
