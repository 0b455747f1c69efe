"""What one training has to offer to an objective that is being set up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import nn

from kdlab.batching import Encoded
from kdlab.objectives.protocol import Objective, TeacherLogits


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
