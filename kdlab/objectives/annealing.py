"""Annealing distillation: stage I meets the teacher's logits by degrees, stage II the gold."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdlab.batching import Batch
from kdlab.errors import RecipeError
from kdlab.losses.annealing import annealing
from kdlab.losses.nll import nll
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.protocol import Objective
from kdlab.ranges import in_range, whole


@dataclass(frozen=True)
class Annealing:
    """Annealing: first the teacher's logits, softer at the start, then likelihood alone.

    Stage I: `annealing` with phi rising from 1 / tau_max to 1. Stage II: likelihood alone.
    tau_max: how many equal segments stage I has; in segment n phi is n / tau_max. 10 in the
    authors' image script; 1 holds phi at 1, the control arm without annealing
    share: of all updates, those in stage I, rounded; 2/3 there (200 of 300 epochs; another account
    of the paper has 160 of 320, check the paper); 1 leaves stage II out
    centred, power: see `annealing`. True and 1/2 are our design, for vocabularies of thousands: a
    token's gradient on the logits is then twice the root mean square distance, about the size of a
    likelihood's, so that neither stage drowns the other in Adam's memory or in the clipping.
    Stage II goes on from stage I's last weights, the authors' from its best. Not with the exact
    teacher, whose logits are not all finite; with `top_k` the logits met are those of what was
    stored, flat outside the k best.
    Raises RecipeError if a number is out of range; `prepare`, if stage I has too few updates.
    Source: Jafari et al. (2021), on images and GLUE; on translation by Zhang et al. (2023).
    """

    tau_max: int = 10
    share: float = 2 / 3
    centred: bool = True
    power: float = 0.5

    needs_teacher = True

    def __post_init__(self) -> None:
        whole("tau_max", self.tau_max, 1)
        in_range("share", self.share, 0, 1)
        in_range("power", self.power, 0, 1)

    def prepare(self, lesson: Lesson) -> Objective:
        """The objective, at its first update."""
        return _Annealing(self, lesson)


class _Annealing(nn.Module):
    """See Annealing. log, in stage I: phi, and the mean over V of the squared distance to phi
    times the teacher's logits, whatever `power` is."""

    def __init__(self, method: Annealing, lesson: Lesson) -> None:
        super().__init__()
        self.method, self.teacher = method, lesson.logits
        self.first = round(method.share * lesson.updates)  # updates of stage I
        if self.first < method.tau_max:
            raise RecipeError(
                f"Stage I has {self.first} of {lesson.updates} updates; expected {method.tau_max} "
                "or more, one for each value of phi. Lower tau_max or train for longer."
            )
        self.register_buffer("done", torch.zeros((), dtype=torch.long))  # updates, both stages

    def forward(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        done = int(self.done)
        self.done += 1
        logits = student(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
        if done >= self.first:
            return nll(logits, batch.target, batch.mask), {}
        method, phi = self.method, self._phi(done)
        loss = annealing(
            logits, self.teacher(batch), batch.mask, phi, method.centred, method.power
        )  # fmt: skip
        return loss, {"phi": phi, "logit_mse": loss.item() / logits.size(-1) ** method.power}

    def _phi(self, done: int) -> float:
        """1 / tau_max in the first of tau_max equal parts of stage I, 1 in the last."""
        return (done * self.method.tau_max // self.first + 1) / self.method.tau_max
