"""What logged models need: the files' words, limits, and files that cost only themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.errors import UnreadableError
from runcase.preview import needs
from runcase.preview.many import FileIn, NeedsAnswer, NeedsQuestion
from runcase.preview.worker import Worker
from runcase.progress import Progress
from runcase.session import many_files
from runcase.session.needs import requirements
from runcase.store.compare_files import FileAt


@pytest.fixture(scope="module")
def worker():
    with Worker(warms=False) as made:
        yield made


@pytest.fixture
def needed(worker):
    return lambda *files: requirements(worker, files, Progress())


def test_requirements_name_versions(needed, tmp_path):
    (tmp_path / "requirements.txt").write_text("numpy==2.0 # why\n-r other\nScikit_Learn\n")
    (tmp_path / "conda.yaml").write_text(
        "channels:\n- conda-forge\ndependencies:\n- python=3.11\n- pip:\n  - pandas>=2\n"
    )
    names = ("requirements.txt", "conda.yaml")
    files = {f"models/m/{name}": FileAt(tmp_path, name, 1) for name in names}
    assert needed(files) == [
        {"numpy": "2.0", "scikit-learn": "any version", "python": "3.11", "pandas": ">=2"}
    ]
    (tmp_path / "conda.yaml").write_text("dependencies: [[")
    assert "python" not in needed(files)[0]
    (tmp_path / "python_env.yaml").write_text(
        "python: '3.11.4'\nbuild_dependencies:\n- pip==25.0\n"
    )
    files["models/m/python_env.yaml"] = FileAt(tmp_path, "python_env.yaml", 1)
    assert needed(files)[0]["python"] == "3.11.4"
    assert "pip" not in needed(files)[0]


def test_each_run_has_its_own(needed, tmp_path, monkeypatch):
    monkeypatch.setattr(many_files, "TOGETHER", 2)
    runs = []
    for at in range(5):
        folder = tmp_path / str(at)
        folder.mkdir()
        (folder / "requirements.txt").write_text(f"numpy==2.{at}")
        runs.append({"requirements.txt": FileAt(folder, "requirements.txt", 1)})
    runs[3:3] = [{}, {"requirements.txt": FileAt(tmp_path / "gone", "requirements.txt", 1)}]
    assert [each.get("numpy") for each in needed(*runs)] == [
        "2.0", "2.1", "2.2", None, None, "2.3", "2.4",
    ]  # fmt: skip


@pytest.mark.parametrize("lie", ["no files", "too many"])
def test_a_file_that_fails_says_nothing(worker, tmp_path, lie):
    runs = []
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "requirements.txt").write_text("numpy==2.0")
        runs.append({"requirements.txt": FileAt(tmp_path / name, "requirements.txt", 1)})

    class Fragile:
        def needs(self, question, progress):
            if any(each.endswith("a") for each in question.folders):
                return NeedsAnswer(() if lie == "no files" else ((),) * 9)
            return worker.needs(question, progress)

    assert requirements(Fragile(), runs, Progress()) == [{}, {"numpy": "2.0"}]


def test_a_reader_that_dies_takes_no_other_file_along(tmp_path):
    (tmp_path / "requirements.txt").write_text("numpy==2.0")
    run = {"requirements.txt": FileAt(tmp_path, "requirements.txt", 1)}

    class Dead:
        def needs(self, _question, _progress):
            raise UnreadableError("its reader failed")

    assert requirements(Dead(), [run, run], Progress()) == [{}, {}]


@given(st.sampled_from(["requirements.txt", "conda.yaml", "python_env.yaml"]), st.binary())
@pytest.mark.timeout(60)
def test_any_bytes_are_packages_or_none(tmp_path_factory, name, data):
    folder = tmp_path_factory.mktemp("needs")
    (folder / name).write_bytes(data)
    (found,) = needs.answer(NeedsQuestion((str(folder),), (FileIn(0, name),))).packages
    assert all(package and version for package, version in found)


def test_limits_are_kept(tmp_path):
    lines = "".join(f"p{at}==1\n" for at in range(3_000)) + "q" * 100_000 + "=" * 100_000
    (tmp_path / "requirements.txt").write_text(lines)
    question = NeedsQuestion((str(tmp_path),), (FileIn(0, "requirements.txt"),) * 400)
    found = needs.answer(question)
    assert len(found.packages[0]) == 2_000
    assert 0 < found.done < 400
