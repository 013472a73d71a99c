"""Writes the importance of params as a matplotlib script."""

import numpy as np

from runcase.curves.figures.importance import ImportanceBars
from runcase.curves.importance import Method
from runcase.curves.scripts.scatter import PALETTE
from runcase.curves.scripts.writing import GREY, listed, quoted, script, shown


def importance_script(figure: ImportanceBars) -> str:
    """Return the program of a figure."""
    params = figure.found.params if figure.found is not None else ()
    colors = [
        GREY if np.isnan(each.link) else PALETTE[0 if each.link > 0 else 1] for each in params
    ]
    forest = figure.method is Method.FOREST
    what = "loss of R² when shuffled" if forest else "|Spearman's ρ|, η for texts"
    body = [
        listed("params", (shown(each.title) for each in params)),
        listed("values", (each.value for each in params)),
        listed("colors", colors),
        "bars = ax.barh(range(len(params)), values, height=0.64, color=colors)",
        'ax.bar_label(bars, [f"{value:.2f}" for value in values], padding=4, fontsize=9)',
        "ax.set_yticks(range(len(params)), params)",
        "ax.invert_yaxis()  # the most important first",
        f"ax.set_xlabel({what!r})",
        f"ax.set_title({quoted('Importance for ' + figure.metric)}, loc='left', fontsize=10)",
    ]
    height = max(2.0, 0.3 * len(params) + 1.0)
    return script(f"Importance of params for {figure.metric}", body, size=(7.2, round(height, 1)))
