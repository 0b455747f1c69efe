"""What each arm of the leaderboard does and pays for, and what it costs beside NLL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kdlab.experiments.suites import Arm
from kdlab.experiments.suites.leaderboard import LEADERBOARD
from kdlab.experiments.suites.targets import Targets, base_kd_and_bt, gold, round_trip, seq_kd
from kdlab.losses import NLL
from kdlab.objectives import Annealing, Hybrid, KnnKD, OnPolicy

WITH_REVERSE = (base_kd_and_bt, round_trip)


@dataclass(frozen=True)
class Written:
    """Targets, and the arm whose run wrote them."""

    targets: Targets
    by: str | None = "teacher"


@dataclass(frozen=True)
class Step:
    """What an update costs depends on: what is read, and what is minimised."""

    read: Written = Written(gold)
    loss: object = NLL()


@dataclass(frozen=True)
class Search:
    """A datastore of the training set, and every position's neighbours in it."""

    k: int


REVERSE = "a model of the other direction"
Item = Written | Search | str


def steps(arm: Arm) -> dict[Step, float]:
    """The kinds of update of an arm, each with its share of them.

    A method that mixes two kinds, by turns or by chance, is timed on both: a few updates in a row
    would be of one kind, or of both in a proportion that is not its own.
    """
    loss = NLL() if arm.loss is None else arm.loss
    kinds = {loss: 1.0}
    if isinstance(loss, Annealing):
        kinds = {replace(loss, share=1.0): loss.share, NLL(): 1 - loss.share}
    elif isinstance(loss, OnPolicy):
        kinds = {replace(loss, share=s): p for s, p in ((1.0, loss.share), (0.0, 1 - loss.share))}
    return {Step(Written(arm.targets, arm.teacher), kind): share for kind, share in kinds.items()}


def trainings(arm: Arm) -> list[Arm]:
    """The arm, and before it those whose weights it goes on from."""
    return [*(trainings(LEADERBOARD.arm(arm.start)) if arm.start else ()), arm]


def bought(arm: Arm) -> set[Item]:
    """What is paid for once, before the updates of an arm and of those it goes on from."""
    items: set[Item] = set()
    for each in trainings(arm):
        if each.targets is not gold:
            items.add(Written(each.targets, each.teacher))
        if each.targets in WITH_REVERSE:
            items.add(REVERSE)
        if isinstance(each.loss, Hybrid):  # `lesson.said`
            items.add(Written(seq_kd, each.teacher))
        if isinstance(each.loss, KnnKD):
            items.add(Search(each.loss.k))
    return items


def metrics(
    arm: Arm, seconds: Mapping[Step, float], once: Mapping[Item, float], updates: int
) -> dict[str, float]:
    """An arm's costs in one round, in updates of NLL; step_ms as it is.

    seconds: of an update     once: seconds of an item     updates: of a whole training
    """
    nll = seconds[Step()]

    def step(each: Arm) -> float:
        return sum(share * seconds[kind] for kind, share in steps(each).items())

    found = {"step_ms": 1000 * step(arm), "step_ratio": step(arm) / nll}
    kinds = {"decoding": Written, "neighbours": Search, "reverse": str}
    for name, kind in kinds.items():
        paid = [once[item] / nll for item in bought(arm) if isinstance(item, kind)]
        if paid:
            found[f"{name}_updates"] = sum(paid)
    found["once_updates"] = sum(once[item] for item in bought(arm)) / nll
    trained = sum(each.updates * step(each) for each in trainings(arm)) / nll
    found["whole_ratio"] = trained + found["once_updates"] / updates
    return found
