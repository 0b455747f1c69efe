"""A run knows its corpus: commands on it need not be told, and say so where it is gone."""

from itertools import product
from pathlib import Path

import pytest
import tiny
from typer.testing import CliRunner, Result

import kdlab as kd
from kdlab.cli import app
from kdlab.corpora import own
from kdlab.errors import CorpusError
from kdlab.experiments import corpus as loading
from kdlab.experiments.corpus import load_again
from kdlab.experiments.runs import RunStore, run_key
from kdlab.tokenizer import TokenizerConfig

SMALL = TokenizerConfig(source_size=30, target_size=30, at_most=True)
QUICK = ["--preset", "tiny", "--vocab", "24", "--updates", "3"]


def kdlab(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def written(path: Path, words: str = "cat dog bird fish cow") -> Path:
    """75 invented pairs as a TSV."""
    each = product(words.split(), "sees hears likes".split(), words.split())
    path.write_text("".join(f"{'-'.join(w)}\t{' '.join(w)}\n" for w in each), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("corpus") / "toy.tsv")


@pytest.fixture(scope="module")
def teacher(toy: Path) -> str:
    done = kdlab("train", "--corpus", toy, "--role", "teacher", *QUICK)
    assert done.exit_code == 0, done.stderr
    return done.stdout.strip()


def test_a_corpus_says_what_gives_it_again(toy: Path) -> None:
    corpus = kd.load_corpus(str(toy), tokenizer=SMALL)
    again = load_again(corpus.origin)
    assert (again.fingerprint, again.origin) == (corpus.fingerprint, corpus.origin)


def test_dials_are_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(loading, "minitalks", lambda **dials: asked.append(dials) or tiny.text())
    load_again(kd.load_corpus("minitalks", "tiny", noise=0.2, coupling=0.5).origin)
    assert asked[0] == asked[1] and asked[1]["noise"] == 0.2


def test_a_path_is_kept_whole(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(toy.parent)
    assert kd.load_corpus("toy.tsv", tokenizer=SMALL).origin["name"] == str(toy.resolve())


def test_text_made_in_python_has_no_origin(toy: Path) -> None:
    assert kd.load_corpus(own(toy), tokenizer=SMALL).origin is None


def test_a_distilled_corpus_keeps_its_origin_and_a_reversed_one_has_none(toy: Path) -> None:
    corpus = kd.load_corpus(str(toy), tokenizer=SMALL)
    assert kd.distill.repeated(corpus).origin == corpus.origin
    assert kd.distill.reversed_corpus(corpus).origin is None


def test_a_run_opens_with_its_corpus(toy: Path, teacher: str) -> None:
    run = RunStore.default().open(teacher)
    assert load_again(run.corpus).train == kd.load_corpus(str(toy), tokenizer=SMALL).train


def test_a_runs_key_is_that_of_its_text_wherever_the_file_lies(toy: Path, tmp_path: Path) -> None:
    here, there = (
        kd.load_corpus(str(path), tokenizer=SMALL) for path in (toy, written(tmp_path / "toy.tsv"))
    )
    assert here.origin != there.origin
    assert len({run_key(tiny.recipe(), c.fingerprint, "", 1) for c in (here, there)}) == 1


def test_evaluate_needs_no_corpus(toy: Path, teacher: str) -> None:
    done = kdlab("evaluate", teacher, "--beam", 2)
    assert done.exit_code == 0, done.stderr
    assert "on toy test:" in done.stdout and "note" not in done.stderr


def test_distilling_and_training_with_a_teacher_need_none(teacher: str, tmp_path: Path) -> None:
    out = tmp_path / "distilled.tsv"
    done = kdlab("distill", "--teacher", teacher, "--beam", 2, "--out", out)
    assert done.exit_code == 0, done.stderr
    said = kdlab("train", "--teacher", teacher, "--data-from", out, "--updates", 3)
    assert said.exit_code == 0, said.stderr
    run = RunStore.default().open(said.stdout.strip())
    assert (run.targets, run.recipe.name) == ("distilled.tsv", "student tiny NLL")


def test_runs_of_different_text_are_compared_where_one_says(teacher: str, tmp_path: Path) -> None:
    other = written(tmp_path / "other.tsv", "sun moon star sky rain")
    stranger = kdlab("train", "--corpus", other, *QUICK).stdout.strip()
    refused = kdlab("compare", teacher, stranger)
    assert refused.exit_code == 2 and "learnt from different text" in refused.stderr
    assert kdlab("compare", teacher, stranger, "--corpus", other).exit_code == 0


def test_a_file_that_was_moved_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "moved.tsv")
    key = kdlab("train", "--corpus", path, *QUICK).stdout.strip()
    path.rename(tmp_path / "elsewhere.tsv")
    gone = kdlab("evaluate", key)
    assert gone.exit_code == 2 and "moved.tsv, which is not there any more" in gone.stderr
    with pytest.raises(CorpusError, match=r"moved\.tsv, which is not there any more"):
        load_again(RunStore.default().open(key).corpus)
    assert kdlab("evaluate", key, "--corpus", tmp_path / "elsewhere.tsv").exit_code == 0


def test_a_run_that_does_not_know_is_asked_for_its_corpus_as_before() -> None:
    run = kd.train(tiny.recipe(), tiny.corpus())
    assert run.corpus is None and RunStore.default().corpus(run.key) is None
