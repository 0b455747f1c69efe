"""`kdlab runs` and `kdlab rm`: what is kept, and what goes."""

import json
import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kdlab.cli import app
from kdlab.experiments.runs import RunStore
from kdlab.experiments.stored import leave, one_of, runs_table, stored

TEACHER, STUDENT, OTHER = (letter * 16 for letter in "abc")


def run(store: Path, key: str, age: float = 0, **about: object) -> None:
    """A folder such as a finished run leaves."""
    history = [{"update": 400, "scores": {"bleu": 7.1}}, {"update": 800, "scores": {"bleu": 9.26}}]
    noted = {"key": key, "name": "student tiny NLL", "seed": 1, "targets": "gold", "teacher": None}
    folder = store / key
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(noted | {"history": history} | about))
    (folder / "model.safetensors").write_bytes(b"0" * 360_000)
    when = time.time() - age
    for path in folder.iterdir():
        os.utime(path, (when, when))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A teacher of three days ago, its student of two hours ago, and a run that began just now."""
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path))
    folder = tmp_path / "runs"
    run(folder, TEACHER, 3 * 86400, name="teacher tiny")
    corpus = {"name": "minitalks", "preset": "tiny"}
    run(folder, STUDENT, 7200, teacher=TEACHER, targets="Seq-KD beam 5", corpus=corpus)
    (folder / f"{OTHER}.ckpt").write_bytes(b"0" * 1000)
    return folder


def kdlab(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def test_every_run_is_listed_the_newest_last(store: Path) -> None:
    assert [r.key for r in stored(RunStore(store))] == [TEACHER, STUDENT, OTHER]


def test_a_row_says_what_a_run_is(store: Path) -> None:
    row = dict(runs_table(stored(RunStore(store))).loc[STUDENT])
    assert row.pop("size") == "360 kB"
    assert row == {
        "name": "student tiny NLL", "corpus": "minitalks tiny", "targets": "Seq-KD beam 5",
        "seed": "1", "updates": "800", "dev BLEU": "9.3", "age": "2 h",
    }  # fmt: skip


@pytest.mark.parametrize("seconds, said", [(5, "5 s"), (61, "1 min"), (7199, "1 h"), (2e6, "23 d")])
def test_an_age_is_said_in_its_largest_unit(store: Path, seconds: float, said: str) -> None:
    (last,) = [r for r in stored(RunStore(store)) if r.key == STUDENT]
    assert runs_table([last], now=last.changed + seconds).loc[STUDENT, "age"] == said


def test_a_training_under_way_and_a_damaged_run_are_listed_as_such(store: Path) -> None:
    (store / TEACHER / "run.json").write_text('{"name": "x", "history": []')
    assert {r.key: r.name for r in stored(RunStore(store))} == {
        TEACHER: "(not readable)", STUDENT: "student tiny NLL", OTHER: "(under way)",
    }  # fmt: skip


def test_runs_prints_a_line_each_and_their_size_beside(store: Path) -> None:
    told = kdlab("runs")
    assert [line.split()[0] for line in told.stdout.splitlines()[1:]] == [TEACHER, STUDENT, OTHER]
    assert f"3 in {store}, 721 kB" in told.stderr


def test_runs_can_be_sorted_by_size(store: Path) -> None:
    told = kdlab("runs", "--sort", "size")
    assert told.stdout.splitlines()[1].startswith(OTHER)


def test_an_empty_store_says_where_it_is(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDLAB_HOME", str(store.parent / "other"))
    assert f"There is no run in {store.parent / 'other' / 'runs'}" in kdlab("runs").stderr


def test_rm_deletes_what_was_named_and_nothing_else(store: Path) -> None:
    told = kdlab("rm", "bb", "--yes")
    assert told.exit_code == 0 and "deleted: bbbbbbbbbbbbbbbb; 360 kB" in told.stderr
    assert [r.key for r in stored(RunStore(store))] == [TEACHER, OTHER]
    assert not [path for path in store.iterdir() if path.name.endswith(".gone")]


def test_rm_says_what_goes_and_asks(store: Path) -> None:
    told = kdlab("rm", "bb", stdin="n\n")
    assert told.exit_code == 1 and "Seq-KD beam 5" in told.stderr
    assert "Delete 1 of 3, 360 kB?" in told.stderr
    assert len(stored(RunStore(store))) == 3


def test_rm_deletes_once_it_was_told_to(store: Path) -> None:
    assert kdlab("rm", "bb", stdin="y\n").exit_code == 0
    assert len(stored(RunStore(store))) == 2


def test_rm_keeps_a_teacher_of_runs_that_stay(store: Path) -> None:
    refused = kdlab("rm", "aaa", "--yes")
    assert refused.exit_code == 2
    assert f"{TEACHER} is the teacher of {STUDENT} (student tiny NLL, Seq-KD" in refused.stderr
    assert len(stored(RunStore(store))) == 3


@pytest.mark.parametrize("more", [["bbb"], ["--force"]], ids=["with its student", "by force"])
def test_rm_deletes_a_teacher_where_that_is_meant(store: Path, more: list[str]) -> None:
    assert kdlab("rm", "aaa", "--yes", *more).exit_code == 0
    assert not (store / TEACHER).exists()


def test_rm_deletes_a_training_under_way(store: Path) -> None:
    kdlab("rm", "cc", "--yes")
    assert not (store / f"{OTHER}.ckpt").exists()


def test_rm_names_the_runs_that_come_nearest(store: Path) -> None:
    refused = kdlab("rm", "dddd", "--yes")
    assert refused.exit_code == 2 and "There is no run 'dddd'" in refused.stderr


def test_rm_of_nothing_is_not_rm_of_the_only_one(store: Path) -> None:
    leave([r for r in stored(RunStore(store)) if r.key != TEACHER], RunStore(store))
    refused = kdlab("rm", "", "--yes")
    assert refused.exit_code == 2 and "A run's name is empty" in refused.stderr
    assert len(stored(RunStore(store))) == 1


def test_a_run_that_cannot_be_deleted_is_named(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("kdlab.experiments.stored.os.replace", refuse)
    refused = kdlab("rm", "bb", "--yes")
    assert f"run {STUDENT} could not be deleted (Permission denied)" in refused.stderr
    assert (store / STUDENT / "run.json").exists()


def test_a_run_is_found_by_its_first_characters(store: Path) -> None:
    assert one_of(stored(RunStore(store)), "b", RunStore(store)).key == STUDENT


def test_the_program_says_its_version() -> None:
    assert kdlab("--version").stdout.startswith("kdlab ")
