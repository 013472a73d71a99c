"""Writes the image grid as a matplotlib script; the pictures stay where they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from runcase.curves.scripts.writing import listed, script, shown


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A picture in a row and a column of the grid."""

    row: int
    column: int
    file: str
    step: int


def images_script(keys: Sequence[str], runs: Sequence[str], files: Sequence[ImageFile]) -> str:
    """Return the program of a grid: it reads the pictures from where they are now."""
    body = [
        listed("keys", map(shown, keys)),
        listed("runs", map(shown, runs)),
        "# Row, column, step and file of each picture.",
        "pictures = [",
        *(f"    ({each.row}, {each.column}, {each.step}, {each.file!r})," for each in files),
        "]",
        "import numpy as np",
        "from PIL import Image",
        "ax.axis('off')",
        "grid = fig.subplots(len(keys), len(runs), squeeze=False)",
        "for spot in grid.flat:",
        "    spot.set(xticks=[], yticks=[])",
        "for row, column, step, file in pictures:",
        "    grid[row][column].set_xlabel(f'step {step}', fontsize=8)",
        "    try:",
        "        grid[row][column].imshow(np.asarray(Image.open(file).convert('RGBA')))",
        "    except OSError:",
        "        grid[row][column].text(0.5, 0.5, 'not readable', ha='center', va='center')",
        "for spot, run in zip(grid[0], runs):",
        "    spot.set_title(run, fontsize=9)",
        "for line, key in zip(grid, keys):",
        "    line[0].set_ylabel(key, fontsize=9)",
    ]
    size = (max(3.0, 1.9 * len(runs)), max(2.4, 2.1 * len(keys)))
    return script("Logged images", body, size=(round(size[0], 1), round(size[1], 1)))
