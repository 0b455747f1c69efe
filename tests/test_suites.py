"""Suites: what they name is there, what they compare is equal, what stands on others waits."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny

import kdlab.experiments.reproduce as reproducing
from kdlab.compress import sparsity
from kdlab.experiments import recipes
from kdlab.experiments.jobs import Job, trained
from kdlab.experiments.recipes import describe, restore
from kdlab.experiments.suites import SUITES, Arm, Plan, Suite
from kdlab.experiments.suites.targets import seq_kd
from kdlab.objectives import KeepZeros

every_suite = pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)


@every_suite
def test_plans_pairs_and_claims_name_systems_that_are_there(suite: Suite) -> None:
    known = {"teacher", *suite.arms}
    named = {s for plan in suite.plans.values() for s, _ in plan.runs}
    named |= {s for pair in suite.pairs for s in pair}
    named |= {s for claim in suite.claims for s in claim.systems}
    named |= {s for arm in suite.arms.values() for s in (arm.teacher, arm.start) if s}
    assert named <= known


@every_suite
def test_a_system_is_asked_for_once(suite: Suite) -> None:
    for plan in suite.plans.values():
        assert len(set(plan.runs)) == len(plan.runs)


@every_suite
def test_every_arms_recipe_can_be_saved(suite: Suite) -> None:
    for arm in suite.arms.values():
        recipe = arm.recipe("tiny")
        assert restore(json.loads(json.dumps(describe(recipe)))) == recipe


@every_suite
def test_what_departs_from_equal_conditions_says_so(suite: Suite) -> None:
    """Sizes and training are the preset's, or the row's `departs` names what is not."""
    for arm in suite.arms.values():
        plain, recipe = recipes.student("standard"), arm.recipe("standard")
        same = (recipe.model, recipe.training) == (plain.model, plain.training)
        assert same or arm.departs, arm.system


@every_suite
def test_claims_have_names_of_their_own_and_a_rule_names_some(suite: Suite) -> None:
    names = [claim.name for claim in suite.claims]
    assert len(set(names)) == len(names)
    assert set(suite.rule) <= set(names)


@every_suite
def test_a_quick_run_judges_a_claim_if_there_are_any(suite: Suite) -> None:
    quick = [plan for (_, preset), plan in suite.plans.items() if preset == "quick"]
    for plan in quick if suite.claims else ():
        there = {"teacher", *plan.arms}
        assert any(set(claim.systems) <= there for claim in suite.claims), suite.name


@every_suite
def test_what_is_compared_was_tested_on_one_text(suite: Suite) -> None:
    together = [*suite.pairs, *(claim.systems for claim in suite.claims)]
    for systems in together:
        dials = {(suite.arm(system).ambiguity, suite.arm(system).coupling) for system in systems}
        assert len(dials) == 1, systems


def test_methods_on_the_leaderboard_have_equal_conditions() -> None:
    """Same student, same updates in all; who learned in two parts, or from its like, is named."""
    suite, plain = SUITES["leaderboard"], recipes.student("standard")
    for arm in suite.arms.values():
        total = arm.updates + (suite.arm(arm.start).updates if arm.start else 0)
        assert arm.recipe("standard").model == plain.model
        assert total == (0.75 if arm.system.endswith("_early") else 1)
    named = {arm.system for arm in suite.arms.values() if arm.departs}
    assert named == {"baseline_early", "seq_kd_early", "seq_inter", "seq_kd_seq_inter",
                     "on_policy", "born_again"}  # fmt: skip


def test_an_arm_changes_what_it_names_and_nothing_else() -> None:
    plain = Arm("a").recipe("tiny")
    other = Arm("a", updates=0.5, rate=0.1, model=(("width", 16),)).recipe("tiny")
    assert other.model == replace(plain.model, width=16)
    assert other.training.updates == plain.training.updates // 2
    assert other.training.optimiser.lr == pytest.approx(plain.training.optimiser.lr / 10)
    assert Arm("a", size="teacher").recipe("tiny") == recipes.teacher("tiny")


ARMS = (
    Arm("teacher_small", teacher=None, size="teacher", model=(("hidden", 6),)),
    Arm("baseline", teacher="teacher_small"),
    Arm("seq_kd", targets=seq_kd, teacher="teacher_small"),
    Arm("tuned", targets=seq_kd, teacher="teacher_small", start="seq_kd", updates=0.5, rate=0.1),
    Arm("pruned", start="tuned", prune=0.5, updates=0, rate=0),
    Arm("retrained", loss=KeepZeros(), start="tuned", prune=0.5),
    Arm("even", start="tuned", prune=0.5, scope="uniform", updates=0, rate=0),
)
SMALL = Suite(
    "small", "Does it run?", {arm.system: arm for arm in ARMS},
    {("invented", "tiny"): Plan("tiny", "tiny", tuple(a.system for a in ARMS), (1, 2), beam=2)},
    also=("inside", "speed"),
)  # fmt: skip


def test_depth_counts_what_must_come_before() -> None:
    assert [SMALL.depth(s) for s in ("teacher", "teacher_small", "seq_kd", "tuned", "pruned")] == [
        0, 0, 1, 2, 3,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small suite's folder: result file and store."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        tiny.run_suite_on_it(patch, folder, SMALL)
        reproducing.reproduce("small", "invented", "tiny", out=folder)
    return folder


def test_rows_come_with_what_they_stand_on(ran: Path) -> None:
    rows = json.loads((ran / "invented-small-tiny.json").read_text())["runs"]
    of = {(row["system"], row["seed"]): row for row in rows}
    assert len(of) == 16
    for seed in (1, 2):  # a seed is a teacher and its students
        assert of["seq_kd", seed]["teacher_run"] == of["teacher_small", seed]["run"]
    assert of["teacher_small", 1]["run"] != of["teacher_small", 2]["run"]
    assert of["tuned", 1]["updates"] == tiny.SETTINGS.updates // 2
    assert of["tuned", 1]["departs"].startswith("teacher teacher_small, start seq_kd, updates 0.5")
    assert of["baseline", 1]["departs"] == "teacher teacher_small"


def test_rows_hold_what_hypotheses_talk_about(ran: Path) -> None:
    rows = json.loads((ran / "invented-small-tiny.json").read_text())["runs"]
    inside = {row["system"]: row["metrics"]["inside"] for row in rows}
    assert inside["baseline"]["exact_match"] == 1 > inside["seq_kd"]["exact_match"]
    assert inside["baseline"]["unfaithfulness"] == 0 < inside["seq_kd"]["unfaithfulness"]
    assert {"complexity", "train_dev_gap", "search_errors_greedy"} <= inside["tuned"].keys()


def test_rows_hold_speeds_alone_and_in_batches(ran: Path) -> None:
    rows = json.loads((ran / "invented-small-tiny.json").read_text())["runs"]
    speeds = rows[0]["metrics"]["speed"]
    assert speeds.keys() == {
        f"words_per_s_{search}_batch{size}" for search in ("greedy", "beam2") for size in (1, 64)
    }
    assert speeds["words_per_s_greedy_batch64"] > speeds["words_per_s_beam2_batch1"] > 0


def test_pruned_weights_stay_zero_through_training_again(
    ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.run_suite_on_it(monkeypatch, ran, SMALL)
    shares = [
        sparsity(trained(Job("small", "invented", "tiny", system, 1))[1].model)
        for system in ("tuned", "pruned", "retrained")
    ]
    assert shares[0] < 0.1
    assert shares[1:] == pytest.approx([0.5, 0.5], abs=0.01)


def test_an_arm_prunes_every_matrix_alike_if_it_says_so(
    ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.run_suite_on_it(monkeypatch, ran, SMALL)
    model = trained(Job("small", "invented", "tiny", "even", 1))[1].model
    matrices = [w for w in model.parameters() if w.requires_grad and w.dim() > 1]
    assert [float((w == 0).sum()) for w in matrices] == [
        pytest.approx(w.numel() / 2, abs=1) for w in matrices
    ]
