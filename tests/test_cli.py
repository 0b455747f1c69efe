import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import kdlab as kd
from kdlab.cli import app
from kdlab.cli.options import CorpusOptions
from kdlab.corpora import Columns

WHO = {
    "แมว": "the cat",
    "หมา": "the dog",
    "นก": "the bird",
    "เด็ก": "the child",
    "ครู": "the teacher",
}
DOES = {"เห็น": "sees", "ชอบ": "likes", "ตาม": "follows", "รอ": "waits for"}
WHAT = {"ปลา": "a fish", "บ้าน": "a house", "รถ": "a car", "ต้นไม้": "a tree", "เรือ": "a boat"}
SMALL = ["--preset", "tiny", "--vocab", "30"]
QUICK = [*SMALL, "--updates", "3"]


def kdlab(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), input=stdin)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of a hundred invented pairs."""
    rows = [
        f"{''.join(w[0] for w in words)}\t{' '.join(w[1] for w in words)}"
        for words in product(WHO.items(), DOES.items(), WHAT.items())
    ]
    path = tmp_path_factory.mktemp("corpus") / "toy.tsv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def teacher(toy: Path) -> str:
    """The key of a teacher that has learnt nearly nothing."""
    return kdlab("train", "--corpus", toy, "--role", "teacher", *QUICK).stdout.strip()


@pytest.fixture(scope="module")
def distilled(toy: Path, teacher: str) -> Path:
    out = toy.with_name("distilled.tsv")
    kdlab("distill", "--corpus", toy, "--teacher", teacher, "--beam", 2, "--out", out, *SMALL)
    return out


def test_train_prints_the_key_of_the_run_that_python_would_make(toy: Path, teacher: str) -> None:
    sizes = kd.tokenizer.TokenizerConfig(source_size=30, target_size=30)
    corpus = kd.load_corpus(str(toy), "tiny", tokenizer=sizes)
    run = kd.experiments.runs.RunStore.default().open(teacher)
    assert kd.train(run.recipe, corpus).key == teacher


def test_train_says_on_stderr_what_came_of_it(toy: Path, teacher: str) -> None:
    again = kdlab("train", "--corpus", toy, "--role", "teacher", *QUICK)
    assert again.stdout == teacher + "\n"
    assert "teacher tiny, gold targets, seed 1: dev bleu" in again.stderr
    assert "3 updates" in again.stderr


def as_table(toy: Path, name: str) -> Path:
    """The toy corpus as a CSV with an id, a header and a split."""
    parts = ["dev", "test", *["train"] * 8]
    rows = [line.split("\t") for line in toy.read_text(encoding="utf-8").splitlines()]
    lines = [f"{i},{y},{x},{parts[i % 10]}\n" for i, (x, y) in enumerate(rows)]
    path = toy.with_name(name)
    path.write_text("id,pig,thai,part\n" + "".join(lines), encoding="utf-8")
    return path


def test_columns_are_chosen_as_in_python(toy: Path) -> None:
    table = as_table(toy, "toy.csv")
    told = kdlab("train", "--corpus", table, "--source", "thai", "--target", 2, *QUICK)
    assert f"{table}: 100 rows after a header, source 'thai', target 'pig'" in told.stderr
    assert "split by column 'part': train 80, dev 10, test 10; 0 repeated" in told.stderr
    sizes = kd.tokenizer.TokenizerConfig(source_size=30, target_size=30)
    corpus = kd.load_corpus(table, "tiny", source=3, target="pig", tokenizer=sizes)
    run = kd.experiments.runs.RunStore.default().open(told.stdout.strip())
    assert kd.train(run.recipe, corpus).key == told.stdout.strip()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("{0}.th,{0}.en", "{0}.th and {0}.en: 100 rows, source 'source'"),
        ("train={0}.csv,dev={0}.csv,test={0}.csv", "{0}.csv, {0}.csv, {0}.csv: 300 rows"),
    ],
)
def test_several_files_are_one_corpus(toy: Path, typed: str, read: str) -> None:
    stem = as_table(toy, "toy.csv").with_suffix("")
    pairs = [line.split("\t") for line in toy.read_text(encoding="utf-8").splitlines()]
    for ending, side in ((".th", 0), (".en", 1)):
        lines = "".join(f"{pair[side]}\n" for pair in pairs)
        stem.with_suffix(ending).write_text(lines, encoding="utf-8")
    columns = ["--source", "thai", "--target", "pig"] if "=" in typed else []
    told = kdlab("train", "--corpus", typed.format(stem), *columns, *QUICK)
    assert told.exit_code == 0 and read.format(stem) in told.stderr


def test_options_are_written_as_they_are_typed() -> None:
    asked = CorpusOptions("my own.csv", "tiny", source="2", header=False)
    words = "--corpus 'my own.csv' --preset tiny --source 2 --no-header"
    assert str(asked) == words


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--corpus", "a.th,b.en,c.de"], "--corpus is a.th,b.en,c.de; expected one file, two"),
        (["--corpus", "train=a,b"], "--corpus is train=a,b; expected one file"),
        (["--corpus", "a.xlsx"], "no corpus 'a.xlsx'; expected one of minitalks"),
        (["--source", "th"], "minitalks has its columns"),
    ],
)
def test_a_corpus_that_cannot_be_meant_is_refused(options: list[str], said: str) -> None:
    refused = kdlab("train", *options, *QUICK)
    assert refused.exit_code == 2 and said in refused.stderr


def test_word_kd_reads_the_teacher(toy: Path, teacher: str) -> None:
    how = ["--loss", "word-kd", "--alpha", 0.9, "--temperature", 2, "--teacher", teacher[:6]]
    key = kdlab("train", "--corpus", toy, *how, *QUICK).stdout.strip()
    run = kd.experiments.runs.RunStore.default().open(key)
    assert run.recipe.loss == kd.losses.WordKD(alpha=0.9, temperature=2.0)
    assert run.teacher.key == teacher


def test_distill_writes_a_pair_for_each_source_that_the_teacher_answers(distilled: Path) -> None:
    pairs = [line.split("\t") for line in distilled.read_text(encoding="utf-8").splitlines()]
    assert pairs and all(len(pair) == 2 and all(pair) for pair in pairs)


def test_distill_keeps_a_file_that_is_there(toy: Path, teacher: str, distilled: Path) -> None:
    again = ["distill", "--corpus", toy, "--teacher", teacher, "--out", distilled, *SMALL]
    before = distilled.read_bytes()
    refused = kdlab(*again)
    assert refused.exit_code == 2 and "distilled.tsv exists" in refused.stderr
    assert distilled.read_bytes() == before
    assert kdlab(*again, "--method", "seq-inter", "--beam", 2, "--force").exit_code == 0


def test_distill_says_what_to_type_next(toy: Path, teacher: str, tmp_path: Path) -> None:
    out = tmp_path / "new.tsv"
    told = kdlab(
        "distill", "--corpus", toy, "--teacher", teacher, "--beam", 2, "--out", out, *SMALL
    )
    next_line = (
        f"train --corpus {toy} --preset tiny --vocab 30 --data-from {out} --teacher {teacher}"
    )
    assert f"next: kdlab {next_line}" in told.stderr


def test_distill_refuses_a_name_that_train_would_not_read(toy: Path) -> None:
    refused = kdlab("distill", "--corpus", toy, "--teacher", "x", "--out", "y.txt", *SMALL)
    assert refused.exit_code == 2 and "--out is y.txt" in refused.stderr


def test_a_student_can_be_trained_on_the_file(toy: Path, teacher: str, distilled: Path) -> None:
    how = ["--data-from", distilled, "--teacher", teacher]
    trained = kdlab("train", "--corpus", toy, *how, *QUICK)
    assert trained.exit_code == 0, trained.stderr
    run = kd.experiments.runs.RunStore.default().open(trained.stdout.strip())
    assert (run.targets, run.teacher.key) == ("distilled.tsv", teacher)


def test_a_student_can_be_trained_on_what_a_teacher_says(toy: Path, teacher: str) -> None:
    taught = kdlab("train", "--corpus", toy, *SMALL, "--updates", "60").stdout.strip()
    key = kdlab("train", "--corpus", toy, "--data-from", taught, *QUICK).stdout.strip()
    assert kd.experiments.runs.RunStore.default().open(key).targets == "Seq-KD beam 5"


def test_targets_of_another_corpus_are_refused(toy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tsv"
    other.write_text("ช้าง\tthe elephant\n", encoding="utf-8")
    refused = kdlab("train", "--corpus", toy, "--data-from", other, *QUICK)
    assert refused.exit_code == 2
    assert "other.tsv, line 1: 'ช้าง' is no training source" in refused.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [("แมว\n", "line 1: 1 columns in 'แมว'"), ("", "is empty; expected one pair")],
)
def test_targets_that_are_no_pairs_are_refused(
    toy: Path, tmp_path: Path, content: str, said: str
) -> None:
    broken = tmp_path / "broken.tsv"
    broken.write_text(content, encoding="utf-8")
    corpus = kd.load_corpus(
        str(toy), tokenizer=kd.tokenizer.TokenizerConfig(source_size=30, target_size=30)
    )
    with pytest.raises(kd.corpora.text.CorpusError, match=said):
        kd.distill.read_targets(corpus, broken)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--loss", "word-kd"], "--loss word-kd needs --teacher"),
        (["--alpha", "0.5"], "--alpha is for --loss word-kd"),
        (["--role", "teacher", "--loss", "word-kd", "--teacher", "x"], "--loss word-kd is for"),
        (["--loss", "word-kd", "--teacher", "x", "--alpha", "2"], "alpha is 2.0; expected"),
        (["--preset", "huge"], "There is no preset 'huge'"),
        (["--teacher", "exact"], "has no grammar"),
    ],
)
def test_train_refuses_in_a_sentence(toy: Path, options: list[str], said: str) -> None:
    refused = kdlab("train", "--corpus", toy, *QUICK, *options)
    assert refused.exit_code == 2
    assert said in refused.stderr and "Traceback" not in refused.stderr


def test_translate_answers_each_line_and_keeps_empty_ones(teacher: str) -> None:
    answered = kdlab("translate", teacher, "--beam", 2, stdin="\ufeffแมวเห็นปลา\r\n\nนกรอรถ")
    run = kd.experiments.runs.RunStore.default().open(teacher)
    first, last = run.translate(["แมวเห็นปลา", "นกรอรถ"], beam=2)
    assert answered.stdout == f"{first}\n\n{last}\n"


def test_translate_writes_columns_for_nbest_and_scores(teacher: str, tmp_path: Path) -> None:
    lines, out = tmp_path / "thai.txt", tmp_path / "english.txt"
    lines.write_text("แมวเห็นปลา\nนกรอรถ\n", encoding="utf-8")
    kdlab("translate", teacher, lines, "--beam", 3, "--nbest", 2, "--scores", "--out", out)
    rows = [row.split("\t") for row in out.read_text(encoding="utf-8").splitlines()]
    assert [row[0] for row in rows] == ["1", "1", "2", "2"]
    assert all(float(row[1]) < 0 and len(row) == 3 for row in rows)


def test_translate_names_the_line_that_is_not_utf8(teacher: str) -> None:
    refused = kdlab("translate", teacher, stdin="แมว\n".encode() + "แมว\n".encode("tis-620"))
    assert refused.exit_code == 2
    assert "standard input, line 2: byte 0xe1 is not UTF-8" in refused.stderr


def test_translate_refuses_more_than_search_keeps(teacher: str) -> None:
    refused = kdlab("translate", teacher, "--beam", 2, "--nbest", 3, stdin="แมว\n")
    assert refused.exit_code == 2 and "--nbest is 3" in refused.stderr


def test_evaluate_prints_a_table(toy: Path, teacher: str) -> None:
    told = kdlab("evaluate", teacher, "--corpus", toy, "--beam", 2, *SMALL)
    assert "bleu_greedy" in told.stdout and "chrf_beam2" in told.stdout


def test_evaluate_can_print_json(toy: Path, teacher: str) -> None:
    told = kdlab("evaluate", teacher, "--corpus", toy, "--beam", 2, "--json", *SMALL)
    about = json.loads(told.stdout)
    assert about["run"] == teacher and "bleu" in about["signatures"]
    assert 0 <= about["scores"]["bleu_greedy"] <= 100


def test_evaluate_names_the_tests_there_are(toy: Path, teacher: str) -> None:
    refused = kdlab("evaluate", teacher, "--corpus", toy, "--test", "tset", *SMALL)
    assert refused.exit_code == 2
    assert "no test 'tset'" in refused.stderr and "Did you mean 'test'" in refused.stderr


def test_evaluate_notes_when_the_run_learnt_from_other_text(toy: Path, teacher: str) -> None:
    other = ["--preset", "tiny", "--vocab", "29"]
    told = kdlab("evaluate", teacher, "--corpus", toy, "--beam", 2, *other)
    assert told.exit_code == 0
    assert f"note: run {teacher} learnt its pieces from other text" in told.stderr


def test_compare_prints_one_row_a_run(toy: Path, teacher: str) -> None:
    told = kdlab("compare", teacher, teacher[:8], "--corpus", toy, *SMALL)
    assert told.stdout.count("NLL, gold") == 2 and "BLEU@5" in told.stdout


def test_reproduce_lists_the_plans_there_are(tmp_path: Path) -> None:
    refused = kdlab("reproduce", "core", "--preset", "huge", "--out", tmp_path)
    assert refused.exit_code == 2 and "--corpus minitalks --preset quick" in refused.stderr


def test_reproduce_hands_its_options_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []
    module = sys.modules["kdlab.cli.reproduce"]
    monkeypatch.setattr(
        module, "reproduce_suite", lambda *a, **k: asked.append((a, k)) or tmp_path / "made.json"
    )
    told = kdlab("reproduce", "core", "--preset", "quick", "--jobs", 2, "--out", tmp_path)
    assert told.stdout.endswith("made.json\n")
    what = {"jobs": 2, "out": tmp_path, "folder": None, "cluster": None, "columns": Columns()}
    assert asked == [(("core", "minitalks", "quick"), what)]


def test_fetch_takes_an_archive_on_disk(tmp_path: Path) -> None:
    refused = kdlab("fetch", "iwslt15", "--from", tmp_path / "no.tgz")
    assert refused.exit_code == 2 and "no.tgz" in refused.stderr


def test_ctrl_c_says_that_the_run_resumes(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["kdlab.cli.train"], "train_recipe", interrupted)
    stopped = kdlab("train", "--corpus", toy, *QUICK)
    assert stopped.exit_code == 130
    assert "training resumes at its last evaluation" in stopped.stderr


@pytest.mark.parametrize(
    "name",
    [
        "fetch",
        "train",
        "distill",
        "translate",
        "evaluate",
        "compare",
        "reproduce",
        "judge",
        "runs",
        "rm",
    ],  # fmt: skip
)
def test_every_command_shows_an_example_and_explains_each_option(name: str) -> None:
    told = kdlab(name, "--help").stdout
    assert "Example:  " in told and f"kdlab {name}" in told
    command = next(c for c in app.registered_commands if c.name == name)
    hints = command.callback.__annotations__.values()
    assert all(hint.__metadata__[0].help for hint in hints)


def test_python_dash_m_is_the_same_program() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "kdlab", "train", "--preset", "huge"],
        capture_output=True, text=True, encoding="utf-8", env=dict(os.environ),
    )  # fmt: skip
    assert told.returncode == 2
    assert told.stderr.startswith("kdlab: There is no preset 'huge'")
