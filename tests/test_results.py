"""Result files: means with intervals, found by name, refused with what there is."""

import copy
import json
import math
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import tiny

import kdlab.experiments.reproduce as reproducing
from kdlab.errors import RecipeError, StoreError
from kdlab.experiments import current, jobs
from kdlab.experiments.compare import compare
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.results import Results, interval, results, summary
from kdlab.experiments.suites import SUITES, Arm, Plan
from kdlab.losses import WordKD


def run(system: str, seed: int, bleu: float, agreement: float = 0.5) -> dict:
    metrics = {"bleu_greedy": bleu, "top1_agreement": agreement}
    return {"system": system, "seed": seed, "params": 1000, "metrics": {"test": metrics}}


RESULT = "invented-core-tiny.json"
RUNS = [run("baseline", 1, 10.0), run("baseline", 2, 12.0), run("baseline", 3, 14.0),
        run("seq_kd", 1, 20.0, math.nan)]  # fmt: skip


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(RecipeError, match="no system to compare"):
        compare([], tiny.corpus().test)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    about = {"question": "Why?", "summary": summary(RUNS)}
    (tmp_path / "minitalks-core.json").write_text(json.dumps(about))
    return tmp_path


def test_a_mean_has_its_t_interval() -> None:
    mean, low, high = interval([10.0, 12.0, 14.0])
    half = 4.302653 * 2 / math.sqrt(3)
    assert (mean, low, high) == pytest.approx((12.0, 12.0 - half, 12.0 + half))


def test_one_seed_has_no_interval() -> None:
    mean, low, high = interval([7.0])
    assert mean == 7.0 and math.isnan(low) and math.isnan(high)


@pytest.mark.parametrize(
    ("n", "t"), [(2, 12.7062), (9, 2.30600), (12, 2.20099), (30, 2.04523), (100, 1.98422)]
)
def test_an_interval_is_students(n: int, t: float) -> None:
    values = [0.0, 2.0] * (n // 2) + [1.0] * (n % 2)
    spread = math.sqrt(sum((v - 1) ** 2 for v in values) / (n - 1))
    assert interval(values)[2] - 1 == pytest.approx(t * spread / math.sqrt(n), rel=1e-5)


def test_a_summary_has_each_system_and_metric_once() -> None:
    rows = {(row["system"], row["metric"]): row for row in summary(RUNS)}
    assert rows["baseline", "bleu_greedy"]["mean"] == 12.0
    assert rows["baseline", "bleu_greedy"]["seeds"] == 3
    assert rows["baseline", "params"]["mean"] == 1000
    assert ("seq_kd", "top1_agreement") not in rows  # nan says nothing


def test_a_figure_is_a_number_with_its_interval(folder: Path) -> None:
    value = results("minitalks-core", folder=folder)["baseline"].bleu_greedy
    assert value + 1 == 13.0
    assert (value.low, value.seeds) == (pytest.approx(7.03, abs=0.01), 3)
    assert str(value) == "12.0 [7.0, 17.0], 3 seeds"


def test_a_figure_of_one_seed_says_so(folder: Path) -> None:
    assert str(results("minitalks-core", folder=folder)["seq_kd"].bleu_greedy) == "20.0, 1 seed"


def pickled(value: object) -> object:
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("through", [copy.copy, copy.deepcopy, pickled])
def test_a_figure_survives_copying(folder: Path, through) -> None:
    value = results("minitalks-core", folder=folder)["baseline"].bleu_greedy
    assert str(through(value)) == str(value)


def test_the_whole_file_is_at_hand(folder: Path) -> None:
    assert results("minitalks-core", test="test", folder=folder).about["question"] == "Why?"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("minitalk-core",), "no result file 'minitalk-core'; .* mean 'minitalks-core'"),
        (("minitalks-core", "dev"), "no test 'dev'; there are test"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_the_nearest(
    folder: Path, arguments: tuple, message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        results(*arguments, folder=folder)


def test_an_unknown_system_is_refused_with_the_nearest(folder: Path) -> None:
    with pytest.raises(RecipeError, match="no system 'seq-kd'; .* mean 'seq_kd'"):
        results("minitalks-core", folder=folder)["seq-kd"]


def test_an_unknown_metric_is_refused_with_the_nearest(folder: Path) -> None:
    baseline = results("minitalks-core", folder=folder)["baseline"]
    with pytest.raises(AttributeError, match="no metric of baseline 'bleu'; .* bleu_greedy"):
        baseline.bleu  # noqa: B018
    assert not hasattr(baseline, "_repr_html_")


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        (("yes", "yes"), "supported"), (("yes", "no"), "not supported"),
        (("not separated", "no"), "not supported"), (("yes", "not separated"), "not separated"),
        (("yes",), "not tested"), (("no",), "not supported"),
    ],
)  # fmt: skip
def test_a_rule_holds_if_all_its_claims_do(holds: tuple[str, str], verdict: str) -> None:
    rows = [{"test": "t", "name": n, "holds": h} for n, h in zip("ab", holds, strict=False)]
    other = {"test": "t", "name": "c", "holds": "no"}
    assert Results({}, {"verdicts": [*rows, other], "rule": ["a", "b"]}, "t").verdict == verdict
    assert Results({}, {"verdicts": rows}, "t").verdict == ""


def test_compare_has_a_row_a_system_and_a_column_a_measure() -> None:
    first, second = tiny.translator(seed=0), tiny.translator(tiny.PLAIN_RNN, seed=1)
    table = compare([first, second], tiny.corpus().test)
    assert list(table.columns) == [
        "BLEU@1", "BLEU@5", "chrF", "PPL", "mode mass", "words/s", "params"
    ]  # fmt: skip
    assert list(table["params"]) == [first.params, second.params]
    assert table.index[0] == "1 untrained 0"


def test_compare_shows_two_systems_of_one_name() -> None:
    same = tiny.translator()
    assert len(compare([same, same], tiny.corpus().test)) == 2


def set_up(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """The core suite over the invented corpus, in a store of its own."""
    plan = Plan("tiny", "tiny", ("baseline", "seq_kd", "word_kd"), seeds=(1, 2), beam=2)
    core = replace(SUITES["core"], plans={("invented", "tiny"): plan})
    tiny.run_suite_on_it(patch, folder, core)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the suite's result file and its store, made once."""
    folder = tmp_path_factory.mktemp("suite")
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, folder)
        reproducing.reproduce("core", "invented", "tiny", out=folder)
    return folder


@pytest.fixture
def small_suite(monkeypatch: pytest.MonkeyPatch, ran: Path, tmp_path: Path) -> Path:
    """A copy of that folder to go on in."""
    shutil.copytree(ran, tmp_path, dirs_exist_ok=True)
    set_up(monkeypatch, tmp_path)
    return tmp_path


def made_by(folder: Path) -> dict:
    """The suite's result file, made anew or found."""
    return json.loads(reproducing.reproduce("core", "invented", "tiny", out=folder).read_text())


def test_a_suite_writes_a_row_a_run_and_a_summary(ran: Path) -> None:
    about = json.loads((ran / RESULT).read_text())
    systems = [(row["system"], row["seed"]) for row in about["runs"]]
    four = ("teacher", "baseline", "word_kd", "seq_kd")
    assert systems == [(system, seed) for system in four for seed in (1, 2)]
    assert {"suite", "question", "data", "made", "signatures", "summary"} <= about.keys()
    assert about["made"]["command"].startswith("kdlab reproduce core --corpus invented")
    assert results("invented-core-tiny", folder=ran)["seq_kd"].bleu_greedy.seeds == 2


def test_a_suite_compares_its_systems_and_judges_its_claims(ran: Path) -> None:
    about = json.loads((ran / RESULT).read_text())
    pairs = {(row["a"], row["b"]) for row in about["comparisons"]}
    assert pairs == {("word_kd", "baseline"), ("seq_kd", "baseline"), ("seq_kd", "word_kd"),
                     ("seq_kd", "teacher")}  # fmt: skip
    assert all(row["p"] <= row["p_holm"] <= 1 for row in about["comparisons"])
    metrics = {row["metric"] for row in about["comparisons"]}
    assert metrics == {"bleu_greedy", "bleu_beam2", "beam_gap", "mode_mass", "ppl"}
    assert {row["holds"] for row in about["verdicts"]} <= {"yes", "no", "not separated"}
    assert {"E1.1", "E1.2", "E1.3"} <= {row["name"] for row in about["verdicts"]}


def test_a_suite_run_again_trains_nothing_and_says_the_same(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = json.loads((small_suite / RESULT).read_text())
    (small_suite / RESULT).unlink()
    monkeypatch.setattr("kdlab.experiments.train._trained", None)
    again = made_by(small_suite)
    assert all(again[part] == first[part] for part in first if part != "made")


def test_a_suite_keeps_the_rows_of_its_file_when_the_store_is_gone(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = json.loads((small_suite / RESULT).read_text())
    lost = about["runs"].pop()
    (small_suite / RESULT).write_text(json.dumps(about))
    monkeypatch.setenv("KDLAB_HOME", str(small_suite / "another"))
    trained = []
    once = reproducing.run_job
    monkeypatch.setattr(reproducing, "run_job", lambda job: trained.append(job) or once(job))
    anew = made_by(small_suite)
    assert [(job.system, job.seed) for job in trained] == [("seq_kd", 2)]
    again = anew["runs"][-1]
    assert (again["system"], again["seed"]) == (lost["system"], lost["seed"])
    assert of_word_kd(anew) == of_word_kd(about) != []


def of_word_kd(about: dict) -> list[dict]:
    """Its comparisons; not p_holm, which is of all that the file compares."""
    rows = [row for row in about["comparisons"] if row["a"] == "word_kd"]
    return [{k: v for k, v in row.items() if k != "p_holm"} for row in rows]


def test_a_file_of_other_tests_is_not_written_over(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tiny.text()
    more = replace(text, tests={**text.tests, "talks": text.dev})
    monkeypatch.setattr(jobs, "load_corpus", lambda *_, **__: Corpus(more, tiny.tokenizer()))
    monkeypatch.setattr(jobs, "_gold", jobs._gold.__wrapped__)  # not the one read before
    file = small_suite / RESULT
    before = file.read_bytes()
    with pytest.raises(StoreError, match="was made with other tests than today's; move it away"):
        made_by(small_suite)
    assert file.read_bytes() == before
    file.rename(small_suite / "away.json")
    rows = made_by(small_suite)["runs"]
    assert len(rows) == 8
    assert all(row["metrics"].keys() == {"test", "talks"} for row in rows)


def test_the_row_of_an_arm_that_has_changed_is_made_again(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {(r["system"], r["seed"]): r["run"] for r in made_by(small_suite)["runs"]}
    core = SUITES["core"]
    softer = replace(core.arms["word_kd"], loss=WordKD(alpha=0.1))
    tiny.run_suite_on_it(
        monkeypatch, small_suite, replace(core, arms={**core.arms, "word_kd": softer})
    )
    rows = made_by(small_suite)["runs"]
    changed = {r["system"] for r in rows if r["run"] != before[r["system"], r["seed"]]}
    assert changed == {"word_kd"}
    assert {r["learns"] for r in rows if r["system"] == "word_kd"} == {
        "gold, WordKD(alpha=0.1, temperature=1.0)"
    }


def test_students_of_a_teacher_that_has_changed_are_made_again(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {row["run"] for row in made_by(small_suite)["runs"]}
    core = SUITES["core"]
    shorter = Arm("teacher", teacher=None, size="teacher", updates=0.5)
    tiny.run_suite_on_it(
        monkeypatch, small_suite, replace(core, arms={**core.arms, "teacher": shorter})
    )
    rows = made_by(small_suite)["runs"]
    teachers = {row["seed"]: row["run"] for row in rows if row["system"] == "teacher"}
    assert not before & set(teachers.values())
    for row in rows:
        assert row["system"] == "teacher" or row["teacher_run"] == teachers[row["seed"]]


def test_rows_without_a_measure_that_is_asked_for_now_are_made_again(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = made_by(small_suite)
    core = replace(SUITES["core"], also=("inside",))
    tiny.run_suite_on_it(monkeypatch, small_suite, core)
    rows = made_by(small_suite)["runs"]
    assert [row["run"] for row in rows] == [row["run"] for row in about["runs"]]
    assert all("complexity" in row["metrics"]["inside"] for row in rows)
    assert not left(small_suite)
    with monkeypatch.context() as patch:  # of another version of it
        patch.setitem(current.VERSIONS, "inside", 0)
        assert len(left(small_suite)) == len(rows)
    monkeypatch.setattr(current, "SCORE_VERSION", 99)  # or of the scores
    assert len(left(small_suite)) == len(rows)


def left(folder: Path) -> list:
    """What `reproduce` would still run."""
    return reproducing.unfinished("core", "invented", "tiny", out=folder)


def test_other_references_are_another_test(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = made_by(small_suite)
    text = tiny.text()
    test = text.tests["test"]
    turned = replace(test, target=test.target[::-1])
    other = Corpus(replace(text, tests={"test": turned}), tiny.tokenizer())
    monkeypatch.setattr(jobs, "load_corpus", lambda *_, **__: other)
    monkeypatch.setattr(jobs, "_gold", jobs._gold.__wrapped__)  # not the one read before
    (small_suite / RESULT).rename(small_suite / "away.json")
    assert made_by(small_suite)["summary"] != about["summary"]


def test_nor_are_they_while_the_run_is_made_again(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop between two rows leaves no comparison of a row with what another one had."""
    core = SUITES["core"]
    softer = replace(core.arms["word_kd"], loss=WordKD(alpha=0.1))
    tiny.run_suite_on_it(
        monkeypatch, small_suite, replace(core, arms={**core.arms, "word_kd": softer})
    )
    seen, once = [], reproducing.write_json
    monkeypatch.setattr(
        reproducing, "write_json", lambda path, about: seen.append(about) or once(path, about)
    )
    made_by(small_suite)
    assert len(seen) == 3  # two seeds, then the comparisons
    for about in seen[:-1]:
        assert all("word_kd" not in (row["a"], row["b"]) for row in about["comparisons"])


def test_a_row_of_another_version_or_beam_is_made_again(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert left(small_suite) == []
    once = current.made_with
    for change in ({"training": 99}, {"decoding": 99}, {"beam": 3}):
        monkeypatch.setattr(current, "made_with", lambda beam, c=change: once(beam) | c)
        assert len(left(small_suite)) == 8


def test_a_run_made_again_elsewhere_is_compared_with_what_lies_beside_the_file(
    small_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = of_word_kd(made_by(small_suite))
    core = SUITES["core"]
    softer = replace(core.arms["word_kd"], loss=WordKD(alpha=0.1))
    again = replace(core, arms={**core.arms, "word_kd": softer})
    tiny.run_suite_on_it(monkeypatch, small_suite, again)
    monkeypatch.setenv("KDLAB_HOME", str(small_suite / "another"))  # the others' runs are gone
    after = of_word_kd(made_by(small_suite))
    assert len(after) == len(before) and after != before


def core_claim(name: str) -> object:
    (claim,) = [claim for claim in SUITES["core"].claims if claim.name == name]
    return claim


def test_a_file_that_is_only_judged_again_is_as_old_as_it_was(small_suite: Path) -> None:
    about = json.loads((small_suite / RESULT).read_text())
    about["made"] |= {"date": "2020-01-01", "hardware": "another"}
    (small_suite / RESULT).write_text(json.dumps(about))
    assert made_by(small_suite)["made"] == about["made"]


def test_an_arm_may_train_for_longer(small_suite: Path) -> None:
    longer = jobs.Job("core", "invented", "tiny", "baseline_longer", 1)
    row = jobs.run_job(longer)
    assert row["updates"] == 2 * tiny.SETTINGS.updates


def test_an_unknown_suite_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no suite 'cores'; .* mean 'core'"):
        reproducing.reproduce("cores", "real", "quick", out=tmp_path)
