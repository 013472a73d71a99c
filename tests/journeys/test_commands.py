"""Every command on a store that MLflow 3.18.0 wrote: what it prints, and that nothing changes."""

import csv
import io
import json
import struct

import pytest

from command_line import run, start
from made import expected, facts, unpack
from small_store import make_store, picture

FULLEST = "1"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("commands") / "a store, with ü"
    unpack("3.18.0", made)
    return made


@pytest.fixture(scope="module")
def truth():
    return expected("3.18.0")


@pytest.fixture
def answer(folder):
    """Runs a command that has to succeed; the store's folder is the same afterwards."""

    def call(*arguments, **more):
        before = picture(folder)
        code, out, err = run(*arguments, **more)
        assert code == 0, err
        assert "Traceback" not in err
        assert picture(folder) == before
        return out

    return call


def active(truth, experiment=None):
    return {
        run_id: each
        for run_id, each in truth["runs"].items()
        if each["info"]["lifecycle_stage"] == "active"
        and experiment in (None, each["info"]["experiment_id"])
    }


@pytest.mark.parametrize("spelling", ["file", "folder", ".", "name", "sqlite:///", "file:"])
def test_a_path_may_be_spelled_in_many_ways(spelling, answer, folder):
    database = folder / "mlflow.db"
    path = {
        "file": database,
        "folder": folder,
        ".": ".",
        "name": "mlflow.db",
        "sqlite:///": f"sqlite:///{database.as_posix()}",
        "file:": database.as_uri(),
    }[spelling]
    found = json.loads(answer("info", path, "--json", folder=folder))
    assert found["path"] == str(database)
    assert found["runs"]["active"] == 22


def test_info(answer, folder, truth):
    text = answer("info", folder)
    assert f"Path           {folder / 'mlflow.db'}\n" in text
    found = json.loads(answer("info", folder, "--json"))
    stages = [each["lifecycle_stage"] for each in truth["experiments"]]
    assert found["kind"] == "SQLite database"
    assert found["mlflow_versions"] == "3.18"
    assert found["experiments"] == {
        "active": stages.count("active"),
        "deleted": stages.count("deleted"),
    }
    assert found["runs"]["active"] == len(active(truth))
    assert found["runs"]["deleted"] == len(truth["runs"]) - len(active(truth))
    assert found["logged_models"] == len(truth["logged_models"])
    here = [root for root in found["artifact_roots"] if root["folder"]]
    assert all(root["folder"].startswith(str(folder)) for root in here)
    assert sum(root["resolved"] for root in here) > 0


def test_dump_is_what_mlflow_reads(answer, folder, truth):
    assert facts(json.loads(answer("dump", folder))) == facts(truth)


def test_runs_of_all_active_experiments(answer, folder, truth):
    found = json.loads(answer("runs", folder, "--format", "json"))
    gone = {
        each["experiment_id"]
        for each in truth["experiments"]
        if each["lifecycle_stage"] == "deleted"
    }
    wanted = {
        run_id: each
        for run_id, each in active(truth).items()
        if each["info"]["experiment_id"] not in gone
    }
    assert {each["run_id"] for each in found} == set(wanted)
    starts = [(-each["start_time"], each["run_id"]) for each in found]
    assert starts == sorted(starts), "without an order: start time descending, then run id"


@pytest.mark.parametrize("by", ["id", "name"])
def test_runs_of_one_experiment(by, answer, folder, truth):
    names = {each["experiment_id"]: each["name"] for each in truth["experiments"]}
    which = FULLEST if by == "id" else names[FULLEST]
    found = json.loads(answer("runs", folder, "-e", which, "--format", "json"))
    assert {each["run_id"] for each in found} == set(active(truth, FULLEST))


def test_runs_filtered_ordered_and_limited(answer, folder, truth):
    wanted = ("--filter", "metrics.loss < 2 and attributes.status != 'FAILED'", "--limit", "3")
    order = ("--order-by", "metrics.loss DESC", "--order-by", "attributes.start_time")
    columns = ("--columns", "metrics.loss,params.lr,tags.mlflow.runName,status")
    text = answer("runs", folder, "-e", FULLEST, *wanted, *order, *columns, "--format", "json")
    found = json.loads(text)
    losses = [
        float(each["metrics"]["loss"]["value"])
        for each in active(truth, FULLEST).values()
        if "loss" in each["metrics"] and each["info"]["status"] != "FAILED"
    ]
    assert [each["metrics.loss"] for each in found] == sorted(
        (loss for loss in losses if loss < 2), reverse=True
    )[:3]
    assert list(found[0]) == [
        "run_id",
        "metrics.loss",
        "params.lr",
        "tags.mlflow.runName",
        "status",
    ]


@pytest.mark.parametrize("deleted", ["deleted", "all"])
def test_deleted_runs(deleted, answer, folder, truth):
    text = answer("runs", folder, "-e", FULLEST, "--deleted", deleted, "--format", "json")
    inside = {
        run_id for run_id, each in truth["runs"].items() if each["info"]["experiment_id"] == FULLEST
    }
    wanted = inside if deleted == "all" else inside - set(active(truth))
    assert {each["run_id"] for each in json.loads(text)} == wanted


def test_runs_as_csv_and_as_a_table(answer, folder, truth):
    asked = ("runs", folder, "-e", FULLEST, "--columns", "run_id,metrics.loss,params.lr")
    rows = list(csv.DictReader(io.StringIO(answer(*asked, "--format", "csv"))))
    assert {row["run_id"] for row in rows} == set(active(truth, FULLEST))
    table = answer(*asked).splitlines()
    assert table[0].split() == ["run_id", "metrics.loss", "params.lr"]
    assert [line.split()[0] for line in table[1:]] == [row["run_id"] for row in rows]
    assert len(answer("runs", folder, "--limit", "0").splitlines()) == 1


def test_runs_of_an_experiment_that_is_not_there(folder):
    code, out, err = run("runs", folder, "-e", "no such experiment")
    assert (code, out) == (1, "")
    assert err.startswith("runcase: There is no experiment 'no such experiment'.")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("roc.png", "image"),
        ("curve.svg", "image"),
        ("table.csv", "table"),
        ("config.yaml", "tree"),
        ("train.py", "text"),
        ("readme.md", "page"),
        ("obj.pkl", "facts"),
    ],
)
def test_preview(name, kind, answer, folder):
    path = next(each for each in folder.rglob(name) if each.is_file())
    assert answer("preview", path).startswith(f"{name}: ")
    found = json.loads(answer("preview", path, "--json"))
    assert found["kind"] == kind
    assert found["size"] == path.stat().st_size


def pixels(path):
    """The width and height that a PNG's header says."""
    head = path.read_bytes()[:24]
    assert head.startswith(PNG)
    return struct.unpack(">II", head[16:24])


SHOTS = {
    "welcome": ((), (1440, 900)),
    "experiment": (("--at", f"exp/{FULLEST}", "--filter", "metrics.loss < 1"), (1440, 900)),
    "charts": (("--theme", "dark", "--size", "1280x720"), (1280, 720)),
    "run": (("--at", "run/{run}", "--scale", "2"), (2880, 1800)),
    "artifacts": (("--at", "run/{run}"), (1440, 900)),
    "compare": ((), (1440, 900)),
    "registry": (("--at", "model/Fraud Model ü"), (1440, 900)),
}


def test_shot_draws_every_page(folder, truth, tmp_path):
    """All at once, as each of them mostly waits for its page to be finished."""
    before = picture(folder)
    infos = {run_id: each["info"] for run_id, each in truth["runs"].items()}
    at = next(each for each, info in infos.items() if info["run_name"] == "baseline – ☃ run")
    started = {}
    for page, (more, _) in SHOTS.items():
        given = [each.format(run=at) for each in more]
        out = tmp_path / "new folder" / f"{page}.png"
        started[page] = start("shot", folder, "--page", page, *given, "--out", out)
    said = {page: (*process.communicate(), process.returncode) for page, process in started.items()}
    assert said == dict.fromkeys(SHOTS, ("", "", 0))
    sizes = {each.stem: pixels(each) for each in (tmp_path / "new folder").iterdir()}
    assert sizes == {page: size for page, (_, size) in SHOTS.items()}
    assert picture(folder) == before


def test_shot_draws_all_pages_that_a_store_has_in_both_themes(tmp_path):
    path = make_store(tmp_path / "no runs yet.db", 0)
    code, out, err = run("shot", path, "--page", "all", "--out", tmp_path / "all")
    assert code == 0, err
    drawn = sorted((tmp_path / "all").iterdir())
    assert sorted(out.splitlines()) == [str(each) for each in drawn]
    pages = ("welcome", "experiment", "charts")
    assert {f"{page}-{theme}.png" for page in pages for theme in ("light", "dark")} == {
        each.name for each in drawn
    }
    assert {pixels(each) for each in drawn} == {(1440, 900)}
    contents = {each.read_bytes() for each in drawn}
    assert len(contents) == len(drawn), "no page looks like another, or like itself when dark"


def test_shot_of_a_place_that_is_not_there(folder, tmp_path):
    out = tmp_path / "page.png"
    code, _, err = run("shot", folder, "--page", "run", "--at", "run/none", "--out", out)
    assert code == 1
    assert err.startswith("runcase: ")
    assert not out.exists()


def test_sample_is_written_once_and_can_be_read(tmp_path):
    code, out, err = run("sample", XDG_DATA_HOME=tmp_path, LOCALAPPDATA=tmp_path, HOME=tmp_path)
    assert code == 0, err
    before = picture(tmp_path)
    again = run("sample", XDG_DATA_HOME=tmp_path, LOCALAPPDATA=tmp_path, HOME=tmp_path)
    assert again == (0, out, "")
    found = json.loads(run("info", out.strip(), "--json")[1])
    assert found["experiments"]["active"] == 4  # with MLflow's own Default
    assert found["runs"]["active"] > 100
    assert picture(tmp_path) == before
