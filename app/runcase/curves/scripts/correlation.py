"""Writes a correlation matrix as a matplotlib script."""

from runcase.curves.figures.correlation import Correlation
from runcase.curves.scripts.writing import listed, script, shown


def correlation_script(figure: Correlation) -> str:
    """Return the program of a figure."""
    high, wide = figure.matrix.values.shape
    body = [
        listed("rows", map(shown, figure.row_titles)),
        listed("columns", map(shown, figure.column_titles)),
        "values = [",
        *(f"    [{', '.join(_cell(each) for each in row)}]," for row in figure.matrix.values),
        "]",
        "from matplotlib.colors import LinearSegmentedColormap",
        'colors = LinearSegmentedColormap.from_list("sign", ["#d77d1d", "#ffffff", "#333cd1"])',
        'image = ax.imshow(values, cmap=colors, vmin=-1, vmax=1, aspect="auto")',
        f'fig.colorbar(image, label="{figure.method.value.capitalize()}")',
        'ax.set_xticks(range(len(columns)), columns, rotation=30, ha="right")',
        "ax.set_yticks(range(len(rows)), rows)",
        "for row, line in enumerate(values):",
        "    for column, value in enumerate(line):",
        '        text = "–" if value != value else f"{value:.2f}"',
        '        color = "white" if abs(value) > 0.6 else "#0b1524"',
        '        ax.text(column, row, text, ha="center", va="center", fontsize=8, color=color)',
    ]
    size = (max(4.0, 1.6 + 0.8 * wide), max(2.5, 1.2 + 0.36 * high))
    return script("Correlation matrix", body, size=(round(size[0], 1), round(size[1], 1)))


def _cell(value: float) -> str:
    return "nan" if value != value else f"{value:.6g}"
