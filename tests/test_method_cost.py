"""The benchmark of all methods: which updates an arm has, what it pays for once, and the sums."""

from itertools import islice

import pytest
import tiny
from benchmarks.distilling.methods import (
    REVERSE,
    Search,
    Step,
    Written,
    bought,
    metrics,
    steps,
    trainings,
)

from kdlab.experiments.suites.leaderboard import ARMS, LEADERBOARD
from kdlab.experiments.suites.targets import round_trip, seq_inter, seq_kd
from kdlab.objectives import Lesson, online, prepare

every_arm = pytest.mark.parametrize("arm", ARMS, ids=lambda arm: arm.system)
ONE_SECOND = {step: 1.0 for arm in ARMS for step in steps(arm)}
FREE = {item: 0.0 for arm in ARMS for item in bought(arm)}


def paid(system: str) -> set:
    return bought(LEADERBOARD.arm(system))


@every_arm
def test_the_shares_of_an_arms_kinds_of_update_add_up(arm) -> None:
    assert sum(steps(arm).values()) == pytest.approx(1)


@every_arm
def test_an_arm_of_plain_updates_that_buys_nothing_costs_what_its_updates_do(arm) -> None:
    found = metrics(arm, ONE_SECOND, FREE, 100)
    assert found["step_ratio"] == pytest.approx(1)
    assert found["whole_ratio"] == pytest.approx(sum(each.updates for each in trainings(arm)))


@every_arm
def test_targets_that_are_not_gold_were_paid_for(arm) -> None:
    written = {item for item in bought(arm) if isinstance(item, Written)}
    assert (Written(arm.targets, arm.teacher) in written) == (arm.targets.__name__ != "gold")


def test_an_arm_that_goes_on_from_another_pays_for_its_targets_too() -> None:
    assert paid("seq_inter") == {Written(seq_inter)}
    assert paid("seq_kd_seq_inter") == {Written(seq_inter), Written(seq_kd)}


def test_a_method_pays_for_what_it_prepares() -> None:
    assert paid("hybrid") == {Written(seq_kd)}
    assert paid("knn_kd") == {Search(16)}
    assert paid("round_trip") == {Written(round_trip), REVERSE}


def test_the_parts_of_what_is_paid_once_add_up_to_it() -> None:
    seconds, once = dict.fromkeys(ONE_SECOND, 0.5), {Written(round_trip): 3.0, REVERSE: 7.0}
    found = metrics(LEADERBOARD.arm("round_trip"), seconds, once, updates=40)
    assert (found["decoding_updates"], found["reverse_updates"]) == (6, 14)
    assert (found["once_updates"], found["whole_ratio"]) == (20, 1.5)


def test_two_kinds_of_update_are_counted_by_their_shares() -> None:
    arm = LEADERBOARD.arm("annealing")
    seconds = {kind: 1.0 if kind == Step() else 4.0 for kind in steps(arm)} | {Step(): 1.0}
    assert metrics(arm, seconds, {}, 100)["step_ratio"] == pytest.approx(3)


@pytest.mark.parametrize("system", ["annealing", "on_policy"])
def test_a_method_that_mixes_two_kinds_of_update_is_timed_on_each_alone(system: str) -> None:
    kinds = []
    for step in steps(LEADERBOARD.arm(system)):
        teacher, training = tiny.translator(seed=3).model, tiny.session()
        lesson = Lesson(training.model, training.data, 20, 1, teacher, online(teacher))
        training.objective = prepare(step.loss, lesson)
        logs = [record.log for record in islice(training.records(), 20)]
        kinds.append({log.get("on_policy", "phi" in log) for log in logs})
    assert kinds == [{True}, {False}]
