"""The wheel, the pins and the files around the code."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import tomllib
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT_FILE = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PROJECT_FILE["project"]
PINS = (ROOT / "constraints.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `make wheel` builds it, with no index asked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    command += ["--no-index", "--quiet", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("kdlab-*.whl")
    return built


def test_the_wheel_is_pure_python_and_small(wheel):
    assert wheel.name.endswith("-py3-none-any.whl")
    assert wheel.stat().st_size < 2_000_000


def test_the_wheel_carries_minitalks_and_every_result_file(wheel):
    carried = set(zipfile.ZipFile(wheel).namelist())
    shipped = [*(ROOT / "data/minitalks").iterdir(), *(ROOT / "book/results").glob("*.json")]
    shipped.append(ROOT / "data/real.json")
    missing = [p.name for p in shipped if f"kdlab/_shipped/{p.relative_to(ROOT)}" not in carried]
    assert missing == []


def test_the_wheel_carries_nothing_of_the_tests_or_the_book(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kdlab"}


def test_the_wheel_carries_no_sentences_of_runs(wheel):
    carried = zipfile.ZipFile(wheel).namelist()
    assert [name for name in carried if name.endswith(".npz")] == []
    wheels = PROJECT_FILE["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert [one for one in wheels["include"] if "results" in one] == ["/book/results/*.json"]
    assert "force-include" not in wheels  # it asks no pattern


def test_kdlab_works_from_the_wheel_in_an_empty_folder(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import kdlab, kdlab.files as f; print(kdlab.__file__);"
        "print(f.shipped('data/minitalks'), f.shipped('book/results'))"
    )
    (tmp_path / "empty").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path / "empty", env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    paths = done.stdout.split()
    assert len(paths) == 3 and all(path.startswith(str(tmp_path)) for path in paths)


def test_every_pin_is_exact_and_free_of_local_versions():
    lines = [line for line in PINS.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_every_dependency_of_every_extra_is_pinned():
    asked = [*PROJECT["dependencies"], *sum(PROJECT["optional-dependencies"].values(), [])]
    names = {re.match(r"[\w.-]+", one)[0] for one in asked}
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in PINS.splitlines()}
    assert {name for name in names if name.lower() not in pinned} == set()


def test_hosted_notebooks_keep_the_packages_they_ship():
    """No floor of the library itself is above what Colab's 2026-08 runtime has."""
    floors = dict(re.match(r"([\w-]+)>=([\d.]+)", one).groups() for one in PROJECT["dependencies"])
    assert floors["ipywidgets"] == "7.7" and floors["matplotlib"] == "3.8"


def test_the_oldest_python_is_the_same_everywhere():
    oldest = re.fullmatch(r">=(\d+\.\d+)", PROJECT["requires-python"])[1]
    for name in ("README.md", "Makefile"):
        assert f"Python {oldest} or later" in (ROOT / name).read_text("utf-8"), name
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in (ROOT / "Makefile").read_text()
    assert f"PYTHON=python{oldest}" in PINS.splitlines()[1]


def test_conda_takes_only_python_from_its_own_channel():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python, pip, through_pip = environment["dependencies"]
    assert python.startswith("python=") and pip == "pip"
    assert through_pip["pip"] == ["-c constraints.txt", "-e .[book,test]"]


def test_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
