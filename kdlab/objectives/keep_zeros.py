"""Training again after pruning: what is zero stays zero."""

from dataclasses import dataclass

from torch import Tensor, nn

from kdlab.losses.nll import NLL
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.plain import prepare
from kdlab.objectives.protocol import Objective


@dataclass(frozen=True)
class KeepZeros:
    """Any loss or method, for a student that began pruned: weights that are 0 get no gradient.

    With Adam or plain gradient descent such a weight never moves. In a student that did not begin
    pruned, what is 0 at first stays so as well, such as a norm's biases.
    loss: what is minimised
    Source: See, Luong & Manning (2016), section 3.3: retraining the sparse model.
    """

    loss: object = NLL()

    @property
    def needs_teacher(self) -> bool:
        """Whether the loss inside reads a teacher."""
        return getattr(self.loss, "needs_teacher", False)

    def prepare(self, lesson: Lesson) -> Objective:
        """See `Method.prepare`; zeros are those of the weights the student starts with."""
        for parameter in lesson.student.parameters():
            if parameter.requires_grad:
                _hold(parameter)
        return prepare(self.loss, lesson)


def _hold(parameter: nn.Parameter) -> None:
    alive = parameter.detach() != 0

    def only_alive(gradient: Tensor) -> Tensor:
        return gradient * alive.to(gradient.device)

    parameter.register_hook(only_alive)
