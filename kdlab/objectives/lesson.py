"""What one training has to offer to an objective that is being set up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import nn

from kdlab.batching import Encoded
from kdlab.errors import RecipeError
from kdlab.objectives.plain import Plain
from kdlab.objectives.protocol import Objective
from kdlab.objectives.teachers import TeacherLogits


@dataclass(frozen=True)
class Lesson:
    """One training: who learns, from what, for how long.

    data: the training set; `batch.rows` are places in it     updates: how many there will be
    teacher: the model, None where there is none     logits: its [B, T, V] for a batch, from the
    model or from what was stored     said: the training set with the teacher's beam output ŷ in
    place of y, decoded when it is called, row by row as in `data`
    """

    student: nn.Module
    data: Encoded
    updates: int
    seed: int = 1
    teacher: nn.Module | None = None
    logits: TeacherLogits | None = None
    said: Callable[[], Encoded] | None = None


class Method(Protocol):
    """What a recipe carries for a method that is more than a pure loss: a frozen dataclass.

    needs_teacher: whether `lesson.teacher` and `lesson.logits` must be there
    stored_teacher: False where the model itself is asked, so that logits on disk are not enough
    """

    needs_teacher: bool

    def prepare(self, lesson: Lesson) -> Objective:
        """The objective of one training; its state begins here."""


def prepare(loss: object, lesson: Lesson) -> Objective:
    """A recipe's `loss` as an objective: a method's own, or the loss on the batch's own prefix.

    Raises RecipeError if it needs a teacher and there is none.
    """
    if getattr(loss, "needs_teacher", False) and lesson.logits is None:
        raise RecipeError(f"{loss} needs a teacher; give one: train(recipe, corpus, teacher=…).")
    if hasattr(loss, "prepare"):
        return loss.prepare(lesson)
    return Plain(loss, lesson.logits)
