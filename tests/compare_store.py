"""Writes stores whose runs have artifacts of each kind that the compare page takes apart."""

import csv
import io
import json

import numpy
from PIL import Image, ImageDraw

from table_hands import add_run, new_store

NAMES = ("ant", "bee", "cow", "dog")


def write_store(folder, first=0, names=NAMES, files=True):
    """Write a store with runs numbered from `first` on; returns its database."""
    folder.mkdir(parents=True)
    connection = new_store(folder / "mlflow.db")
    for number, name in enumerate(names):
        params = {"lr": f"0.{number + 1}", "same": "x", "config": str({"deep": {"er": number}})}
        curve = {0: 5.0 + number, 1: 1.0 - number / 10}
        metrics = {"loss": curve, "e": 1.0}
        made = add_run(connection, first + number, name, params=params, metrics=metrics)
        artifacts = folder / "mlruns" / made / "artifacts"
        artifacts.mkdir(parents=True)
        (artifacts / "config.yaml").write_text(f"model: a\nlr: 0.{number}\nepochs: 3\n")
        (artifacts / "same.txt").write_text("same")
        if files:
            write_files(artifacts, number)
        place = ("UPDATE runs SET artifact_uri = ? WHERE run_uuid = ?", (str(artifacts), made))
        connection.execute(*place)
    connection.commit()
    connection.close()
    return folder / "mlflow.db"


def write_files(folder, number):
    """Write a picture, a table and JSON that differ from run to run, and one broken picture."""
    picture(folder / "plot.png", number, (320, 200))
    picture(folder / "sized.png", number, (320 + 40 * number, 200))
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(40 + number)))
    (folder / "table.csv").write_text(table(number), encoding="utf-8")
    numpy.save(folder / "array.npy", numpy.arange(6.0).reshape(3, 2) * (1 + number))
    (folder / "train.log").write_text(f"INFO begin\nWARNING step {number}\nINFO end\n")
    (folder / "weights.bin").write_bytes(bytes([0, number, 255]))
    (folder / "equal.bin").write_bytes(bytes([0, 1, 255]))
    if number < 2:
        rows = (f"{row},{row * (1 + number * (row == 24_000))}" for row in range(25_000))
        (folder / "long.csv").write_text("\n".join(["row,value", *rows]))
    if number == 0:
        (folder / "lone.txt").write_text("lone")
    settings = {"b": [1, 2, number], "a": {"x": number, "y": "text"}}
    keys = sorted(settings, reverse=bool(number % 2))
    (folder / "settings.json").write_text(json.dumps({key: settings[key] for key in keys}))


def picture(path, number, size):
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.line([(10, 190), (100, 120 - 10 * number), (200, 90), (310, 20 + 8 * number)], "navy", 3)
    draw.rectangle((250, 150, 290, 180), fill=(200, 60 + number, 60))
    image.save(path)


def table(number):
    """Return rows by id: from run to run one is gone, one is new, one has another value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "score", "label", *([f"extra {number}"] if number > 1 else [])])
    for row in range(number, 30 + number):
        score = f"{row / 30 + (number if row == 5 else 0):.3f}"
        label = "cat" if row % 3 else "dog"
        writer.writerow([f"r{row:03d}", score, label, *([row] if number > 1 else [])])
    return text.getvalue()
