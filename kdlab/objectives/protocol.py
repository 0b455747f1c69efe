"""The one call that training makes of a method."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from torch import Tensor, nn

from kdlab.batching import Batch

TeacherLogits = Callable[[Batch], Tensor]  # her logits [B, T, V] under the batch's own prefix


class Objective(Protocol):
    """A loss with all that it needs around it.

    Its parameters (a projection, a gate) are trained with the student's; its state_dict (those,
    and what it remembers: a queue, a counter) goes into the checkpoint, so that resume is exact.
    """

    def __call__(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """The loss, a scalar in nats per real target token, and numbers worth logging."""

    def parameters(self) -> Iterable[nn.Parameter]:
        """What is trained besides the student."""

    def state_dict(self) -> Mapping[str, Tensor]:
        """Everything that must survive a restart, as tensors."""

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Put back what `state_dict` gave."""
