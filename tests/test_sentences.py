"""A result file is judged anew from what lies beside it, and from nothing else."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from typer.testing import CliRunner

import kdlab as kd
import kdlab.experiments.reproduce as reproducing
from kdlab.cli import app
from kdlab.errors import KdlabError, RecipeError, ResultError, StoreError
from kdlab.experiments import jobs
from kdlab.experiments.judge import ask, judge
from kdlab.experiments.sentences import sentences_file
from kdlab.experiments.suites import SUITES, Plan

NAME = "invented-core-tiny"


def set_up(patch: pytest.MonkeyPatch, folder: Path) -> None:
    plan = Plan("tiny", "tiny", ("baseline", "word_kd"), seeds=(1, 2), beam=2)
    tiny.run_suite_on_it(patch, folder, replace(SUITES["core"], plans={("invented", "tiny"): plan}))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a suite's result file and what lies beside it, made once."""
    folder = tmp_path_factory.mktemp("judged")
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, folder)
        reproducing.reproduce("core", "invented", "tiny", out=folder)
    return folder


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, ran: Path, tmp_path: Path) -> Path:
    """A copy of that file and its sentences, where there is neither a run nor any text."""
    set_up(monkeypatch, tmp_path)
    shutil.copytree(ran / "sentences", tmp_path / "sentences")
    shutil.copy(ran / f"{NAME}.json", tmp_path)
    return tmp_path / f"{NAME}.json"


def no_text(*_, **__) -> None:
    raise AssertionError("the text was read")


def changed(file: Path, change) -> None:
    about = json.loads(file.read_text())
    change(about)
    file.write_text(json.dumps(about))


def left(file: Path) -> list:
    return reproducing.unfinished("core", "invented", "tiny", out=file.parent)


def test_a_file_is_judged_anew_without_its_runs_or_its_text(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "load_corpus", no_text)
    assert judge(file) == json.loads(file.read_text())


def test_what_is_judged_does_not_rest_on_what_was_judged_before(file: Path) -> None:
    about = json.loads(file.read_text())
    changed(file, lambda a: a.update(summary=[], comparisons=[], verdicts=[]))
    assert judge(file) == about


def test_a_reader_asks_about_two_systems_that_the_file_does_not_compare(file: Path) -> None:
    (row,) = ask(file, "word_kd", "teacher", "ppl", "test")
    ppl = kd.results(NAME, folder=file.parent)
    assert row["value_a"] == pytest.approx(ppl["word_kd"].ppl, rel=1e-4)
    assert row["value_b"] == pytest.approx(ppl["teacher"].ppl, rel=1e-4)
    assert row["seeds"] == [2, 2]


def test_a_reader_asks_about_agreement_where_both_have_a_teacher(file: Path) -> None:
    measures = {row["metric"] for row in ask(file, "word_kd", "baseline")}
    assert {"top1_agreement", "top1_agreement_disagree", "chrf_greedy", "bleu_beam2"} <= measures


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("word-kd", "baseline"), "no system 'word-kd'; .* mean 'word_kd'"),
        (("word_kd", "baseline", "bleu"), "no measure of word_kd and baseline 'bleu'; there are"),
    ],
)
def test_a_question_about_what_is_not_there_is_answered_with_the_nearest(
    file: Path, asked: tuple, message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        ask(file, *asked)


def test_a_test_that_is_not_there_has_no_sentences(file: Path) -> None:
    with pytest.raises(ResultError, match="lacks the sentences of word_kd or baseline on talks"):
        ask(file, "word_kd", "baseline", test="talks")


@pytest.mark.parametrize("read", [judge, left])
def test_an_edited_score_is_refused(file: Path, read) -> None:
    changed(file, lambda a: a["runs"][1]["metrics"]["test"].update(ppl=99.5))
    with pytest.raises(ResultError, match="says ppl 99.5 of teacher, seed 2, on test; its sent"):
        read(file)


@pytest.mark.parametrize("read", [judge, left])
def test_sentences_of_another_run_are_refused(file: Path, read) -> None:
    changed(file, lambda a: a["runs"][2].update(run="0123456789abcdef"))
    before = file.read_bytes(), sentences_file(file).read_bytes()
    with pytest.raises(ResultError, match="baseline, seed 1, which in .* is run 0123456789abcdef"):
        read(file)
    assert (file.read_bytes(), sentences_file(file).read_bytes()) == before


@pytest.mark.parametrize("cut", [0, 1, 200, -1])
@pytest.mark.parametrize("read", [judge, left])
def test_damaged_sentences_are_refused(file: Path, read, cut: int) -> None:
    path = sentences_file(file)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ResultError, match=f"{NAME}.npz is damaged"):
        read(file)


def test_arrays_that_kdlab_did_not_write_are_refused(file: Path) -> None:
    np.savez(sentences_file(file), about=np.array('{"format": 99}'))
    with pytest.raises(ResultError, match="not what kdlab writes .*format 99, and this kdlab"):
        judge(file)


def test_without_sentences_a_file_is_read_and_not_judged(file: Path) -> None:
    sentences_file(file).unlink()
    assert left(file) == []
    with pytest.raises(ResultError, match="no sentences of teacher, seed 1 .and of 5 more runs"):
        judge(file)


def test_sentences_that_are_lost_are_made_of_the_stores_runs(
    ran: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = sentences_file(file).read_bytes()
    sentences_file(file).unlink()
    shutil.copytree(ran / "home", file.parent / "home")
    monkeypatch.setattr("kdlab.experiments.train._trained", None)
    reproducing.reproduce("core", "invented", "tiny", out=file.parent)
    assert sentences_file(file).read_bytes() == kept


def test_a_stop_leaves_the_sentences_of_all_rows(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.unlink()
    sentences_file(file).unlink()
    once, done = reproducing.write_sentences, []

    def stopping(path: Path, sentences: object) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(once(path, sentences))

    monkeypatch.setattr(reproducing, "write_sentences", stopping)
    with pytest.raises(KeyboardInterrupt):
        reproducing.reproduce("core", "invented", "tiny", out=file.parent)
    about = judge(file)
    assert len(about["runs"]) == 2


@pytest.mark.parametrize("what", ["a file as its folder", "a folder as the file"])
def test_a_place_that_cannot_be_written_is_refused_before_any_training(
    file: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(reproducing, "_finished", None)
    out = file if what == "a file as its folder" else file.parent / "new"
    if out != file:
        (out / f"{NAME}.json").mkdir(parents=True)
    with pytest.raises(KdlabError, match=f"{NAME}.json (could not be written|cannot be read)"):
        reproducing.reproduce("core", "invented", "tiny", out=out)


def test_a_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    with pytest.raises(StoreError, match=f"{NAME}.json could not be written .* move it away"):
        reproducing.unfinished("core", "invented", "tiny", out=file / "below")


def told(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_says_what_became_of_the_claims_and_whether_the_file_says_so(
    file: Path,
) -> None:
    assert "the file says the same" in (first := told("judge", file))
    assert "Word-KD: more than half of that gap stays" in first
    changed(file, lambda a: a["summary"].pop())
    assert "the file has other summary." in told("judge", file)


def test_the_command_writes_the_file_judged_anew(file: Path) -> None:
    before = json.loads(file.read_text())
    changed(file, lambda a: a.update(comparisons=[]))
    told("judge", file, "--out", file)
    assert json.loads(file.read_text()) == before


def test_the_command_answers_a_question(file: Path) -> None:
    answer = told("judge", file, "--pair", "word_kd", "teacher", "--metric", "ppl")
    assert "word_kd - teacher" in answer and "test ppl" in answer
    assert "bleu" not in answer


def test_the_command_refuses_a_metric_without_a_pair(file: Path) -> None:
    done = CliRunner().invoke(app, ["judge", str(file), "--metric", "ppl"])
    assert done.exit_code == 2 and "give --pair A B with them" in done.output


def lacking(field: str, row: int) -> object:
    return lambda about: about["runs"][row].pop(field)


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (lacking("made_with", 2), [("baseline", 1)]),
        (lacking("run", 3), [("baseline", 2)]),
        (lambda a: a["runs"][4].update(recipe="0" * 16), [("word_kd", 1)]),
        (lambda a: a["runs"][5]["made_with"].update(decoding=0), [("word_kd", 2)]),
        (lambda a: a["runs"][5].update(learns="gold, NLL()"), [("word_kd", 2)]),
    ],
    ids=["no versions", "no key", "another recipe", "another version", "another loss"],
)
def test_a_row_that_is_not_surely_todays_is_made_again(file: Path, change, again: list) -> None:
    changed(file, change)
    assert [(job.system, job.seed) for job in left(file)] == again


def test_all_that_stands_on_a_teacher_of_unknown_versions_is_made_again(file: Path) -> None:
    changed(file, lacking("made_with", 0))
    assert len(left(file)) == 3  # the teacher of seed 1 and its students


def test_a_row_says_what_it_came_through(file: Path) -> None:
    for row in json.loads(file.read_text())["runs"]:
        assert row["text"] == tiny.corpus().fingerprint
        assert row["cpu"] == torch.backends.cpu.get_cpu_capability()
        assert {"training", "decoding", "sampling", "pieces", "beam"} == row["made_with"].keys()
