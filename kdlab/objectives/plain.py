"""A pure loss on the batch's own prefix, with or without a teacher: what most recipes need."""

from collections.abc import Iterable, Mapping

from torch import Tensor, nn

from kdlab.batching import Batch
from kdlab.errors import RecipeError
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.protocol import Objective, TeacherLogits


class Plain:
    """Student and teacher both read `batch.prefix`; `loss` compares what they say.

    loss: a recipe's loss object, such as NLL() or WordKD()
    teacher: logits [B, T, V] for a batch; read if the loss says `needs_teacher`
    Raises RecipeError if the loss needs a teacher and there is none.
    """

    def __init__(self, loss: object, teacher: TeacherLogits | None = None) -> None:
        self.loss = loss
        self.teacher = teacher if getattr(loss, "needs_teacher", False) else None
        if getattr(loss, "needs_teacher", False) and teacher is None:
            raise RecipeError(
                f"{loss} needs a teacher; give one: train(recipe, corpus, teacher=…)."
            )

    def __call__(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """See `Objective.__call__`."""
        logits = student(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
        if self.teacher is None:
            return self.loss(logits, batch.target, batch.mask), {}
        return self.loss(logits, self.teacher(batch), batch.target, batch.mask), {}

    def parameters(self) -> Iterable[nn.Parameter]:
        """None."""
        return ()

    def state_dict(self) -> Mapping[str, Tensor]:
        """Empty: a pure loss remembers nothing."""
        return {}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Nothing to put back."""


def prepare(loss: object, lesson: Lesson) -> Objective:
    """A recipe's `loss` as an objective: a method's own, or the loss on the batch's own prefix.

    Raises RecipeError if it needs a teacher and there is none.
    """
    if getattr(loss, "needs_teacher", False) and lesson.logits is None:
        raise RecipeError(f"{loss} needs a teacher; give one: train(recipe, corpus, teacher=…).")
    if hasattr(loss, "prepare"):
        return loss.prepare(lesson)
    return Plain(loss, lesson.logits)
