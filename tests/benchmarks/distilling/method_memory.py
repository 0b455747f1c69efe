"""Peak memory of an update of every method, each in a process of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from distilling.figures import row
from distilling.memory import RESET, chosen, in_new_process, largest, step_peak
from distilling.methods import Step, steps
from distilling.trained import Trained
from kdlab.batching import Encoded
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.suites import Arm
from kdlab.models import build
from kdlab.objectives import Lesson, online, prepare
from kdlab.training import Session


@dataclass(frozen=True)
class Case:
    """What a new process needs; weights are made up, since memory depends on sizes.

    data, said: one batch, with its own targets and the teacher's     sizes: source, target pieces
    state: of the objective, as it is after many updates, when a queue is full
    """

    loss: object
    student: Recipe
    teacher: Recipe
    sizes: tuple[int, int]
    data: Encoded
    said: Encoded
    state: Mapping[str, Tensor]


def memory_rows(
    models: Trained, arms: Sequence[Arm], said: Encoded, sessions: Mapping[Step, Session],
    rounds: int,
) -> Iterator[dict]:  # fmt: skip
    """step_mib of every arm, all losses on one gold batch; nothing on a system without /proc."""
    if not RESET.exists():
        return
    recipe, gold = models.student.recipe, sessions[Step()].data
    rows = largest(gold, recipe.training.batch_tokens)
    data, own = chosen(gold, rows), chosen(said, rows)
    states = {step.loss: each.objective.state_dict() for step, each in sessions.items()}
    for number in range(1, rounds + 1):
        found = {
            loss: in_new_process(
                peak, Case(loss, recipe, models.teacher.recipe, models.sizes, data, own, state)
            )
            for loss, state in states.items()
        }
        nll = found[Step().loss]
        for arm in arms:
            mib = max(found[step.loss] for step in steps(arm))
            metrics = {"step_mib": mib, "step_mib_ratio": mib / nll}
            yield row(arm.system, number, models.student.params, "train", metrics)


def peak(case: Case) -> float:
    """`step_peak` of a case."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    student = build(case.student.model, *case.sizes)
    teacher = build(case.teacher.model, *case.sizes)
    training = case.student.training
    lesson = Lesson(
        student, case.data, training.updates, 1, teacher, online(teacher), lambda: case.said
    )
    objective = prepare(case.loss, lesson)
    objective.load_state_dict(case.state)
    return step_peak(Session(student, objective, case.data, training, seed=1))
