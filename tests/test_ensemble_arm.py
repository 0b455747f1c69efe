"""An ensemble as an arm: one for all seeds, made of its members, a teacher like any other."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny

import kdlab.experiments.reproduce as reproducing
from kdlab.errors import RecipeError
from kdlab.experiments.current import outdated
from kdlab.experiments.jobs import Job, ensemble_key, trained
from kdlab.experiments.judge import judge
from kdlab.experiments.result_file import read_result, rows_of
from kdlab.experiments.suites import SUITES, Arm, Plan, Suite, own_suite
from kdlab.experiments.suites.targets import seq_kd
from kdlab.losses import WordKD
from kdlab.models import Ensemble

ARMS = (
    Arm("ensemble", teacher=None, size="teacher", averages="teacher"),
    Arm("seq_kd", targets=seq_kd),
    Arm("seq_kd_ensemble", targets=seq_kd, teacher="ensemble"),
    Arm("word_kd_ensemble", loss=WordKD(alpha=1.0), teacher="ensemble"),
)
SYSTEMS = tuple(arm.system for arm in ARMS)
SMALL = Suite(
    "together", "Does it run?", {arm.system: arm for arm in ARMS},
    {("invented", "tiny"): Plan("tiny", "tiny", SYSTEMS, (1, 2), beam=2, once=("ensemble",))},
    pairs=(("ensemble", "teacher"), ("seq_kd_ensemble", "seq_kd")),
)  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The suite's result file; its store lies beside it."""
    folder = tmp_path_factory.mktemp("together")
    with pytest.MonkeyPatch.context() as patch:
        tiny.run_suite_on_it(patch, folder, SMALL)
        return reproducing.reproduce("together", "invented", "tiny", out=folder)


def rows(path: Path) -> dict:
    return rows_of(path, read_result(path))


def test_it_is_listed_once_and_teaches_every_seed(path: Path) -> None:
    of = rows(path)
    assert [seed for system, seed in of if system == "ensemble"] == [1]
    assert len(of) == 2 * 4 + 1
    key = ensemble_key([of["teacher", seed]["run"] for seed in (1, 2)])
    assert of["ensemble", 1]["run"] == key and of["ensemble", 1]["updates"] == 0
    assert of["ensemble", 1]["params"] == 2 * of["teacher", 1]["params"]
    for seed in (1, 2):
        assert of["seq_kd_ensemble", seed]["teacher_run"] == key
        assert of["seq_kd", seed]["teacher_run"] == of["teacher", seed]["run"]
    assert of["seq_kd_ensemble", 2]["departs"] == "teacher ensemble"


def test_its_model_is_the_mean_of_its_members(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.run_suite_on_it(monkeypatch, path.parent, SMALL)
    job = Job("together", "invented", "tiny", "ensemble", 1)
    model = trained(job)[1].model
    members = [trained(replace(job, system="teacher", seed=seed))[1].model for seed in (1, 2)]
    assert isinstance(model, Ensemble)
    for mine, theirs in zip(model.members, members, strict=True):
        for name, weight in theirs.state_dict().items():
            assert mine.state_dict()[name].equal(weight)


def test_its_comparison_says_that_it_speaks_of_this_one(path: Path) -> None:
    found = json.loads(path.read_text())["comparisons"]
    given = {(row["a"], row["b"]): row["given"] for row in found if row["metric"] == "bleu_greedy"}
    assert given["ensemble", "teacher"] == "the one run of a"
    assert not given["seq_kd_ensemble", "seq_kd"]


def test_a_finished_suite_trains_nothing_and_is_judged_from_its_sentences(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.run_suite_on_it(monkeypatch, path.parent, SMALL)
    assert reproducing.unfinished("together", "invented", "tiny", out=path.parent) == []
    about = read_result(path)
    assert judge(path)["comparisons"] == about["comparisons"]


def test_another_member_makes_it_another_and_its_students_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.run_suite_on_it(monkeypatch, path.parent, SMALL)
    changed = {key: dict(row) for key, row in rows(path).items()}
    changed["teacher", 2]["run"] = "0123456789abcdef"
    found = outdated(changed, Job("together", "invented", "tiny", "teacher", 1))
    assert found["ensemble", 1] == "its members are others"
    again = ("seq_kd_ensemble", 1), ("seq_kd_ensemble", 2), ("word_kd_ensemble", 1)
    assert all(found[key] == "its teacher is another" for key in (*again, ("seq_kd", 2)))
    assert ("seq_kd", 1) not in found


def test_every_suite_has_its_ensembles_once() -> None:
    for suite in SUITES.values():
        for plan in suite.plans.values():
            averages = {s for s in plan.arms if suite.arm(s).averages}
            assert averages == set(plan.once), suite.name
            assert not averages or len(plan.seeds) > 1


def test_of_ones_own_it_needs_two_seeds_and_an_arm_that_is_there() -> None:
    arms = Arm("both", teacher=None, averages="teacher"), Arm("taught", teacher="both")
    assert own_suite("?", *arms, seeds=(1, 2)).plan("minitalks", "quick").once == ("both",)
    with pytest.raises(RecipeError, match="'both' averages runs of one seed; give seeds two or"):
        own_suite("?", *arms, seeds=(1,))
