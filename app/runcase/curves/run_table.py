"""Columns of runs as a chart draws them: numbers, or texts in codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from runcase.curves.series import Floats

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One column of n runs.

    Attributes:
        name: As the table's views spell it, such as "param:lr".
        title: What is written at an axis, such as "lr".
        numbers: (n,) float64, NaN where a run has none or logged NaN; ±inf as such. A param whose
            texts are numbers has them here; times are ms since the epoch, durations ms.
        codes: (n,) int32 into `labels`, -1 where a run has no text.
        labels: The different texts in natural order; of a metric its numbers as texts are left out.
        is_numeric: Whether all that is there are numbers: then an axis is a scale, else categories.
        is_time: Whether the numbers are ms since the epoch.
    """

    name: str
    title: str
    numbers: Floats
    codes: Codes
    labels: tuple[str, ...]
    is_numeric: bool
    is_time: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RunTable:
    """Some runs and some of their columns; every array has one place for each run.

    Attributes:
        run_ids: (n,) ids.
        names: (n,) names, as the table shows them.
        columns: By name.
    """

    run_ids: Sequence[str] = ()
    names: Sequence[str] = ()
    columns: Mapping[str, Values] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.run_ids)
