"""Selective distillation's memory: how hard recent pieces were, and which are hard today."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdlab.batching import Batch
from kdlab.errors import RecipeError
from kdlab.losses.selective import gold_nll, kd_where
from kdlab.losses.threshold import threshold
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.protocol import Objective
from kdlab.ranges import positive, share_of_all, whole


@dataclass(frozen=True)
class SelectiveKD:
    """Selective KD: KL to the teacher at the share of target pieces that the student finds hardest.

    share: r, above 0, up to 1; 0.5 was best in the paper
    queue: how many past values of c = -log p(y) are remembered; 30,000 for the paper's En-De
    level: "global", theta over the queue, or "batch", over the batch alone
    weight: of the KL term beside a gold term of weight 1; 1 in the authors' code
    half: "hard", or "easy" for the control arm: the share that the student finds easiest
    Differences from the authors' code, which are our design: the queue holds exactly the newest
    `queue` values, where theirs drops as many as arrive and so shrinks and swells by a batch; a
    batch larger than the queue leaves its last `queue` values there, where theirs would become the
    batch; the gold term is plain, not label-smoothed. With several processes each has its own
    queue, as there.
    Raises RecipeError if a number or a name is out of range.
    Source: Wang et al. (2021); numbers from their released code and its README.
    """

    share: float = 0.5
    queue: int = 30_000
    level: str = "global"
    weight: float = 1.0
    half: str = "hard"

    needs_teacher = True

    def __post_init__(self) -> None:
        share_of_all(self.share)
        positive("weight", self.weight)
        whole("queue", self.queue, 1)
        if self.level not in ("global", "batch"):
            raise RecipeError(f"level is {self.level!r}; expected 'global' or 'batch'.")
        if self.half not in ("hard", "easy"):
            raise RecipeError(f"half is {self.half!r}; expected 'hard' or 'easy'.")

    def prepare(self, lesson: Lesson) -> Objective:
        """The objective, with an empty queue."""
        return _Selective(self, lesson)


class _Selective(nn.Module):
    """See SelectiveKD. log: theta (nats), the selected share of the batch's pieces, and, selected
    and not, the share of pieces where the teacher's top-1 is not the gold (absent if none)."""

    def __init__(self, method: SelectiveKD, lesson: Lesson) -> None:
        super().__init__()
        self.method, self.teacher = method, lesson.logits
        self.queue = _Newest(method.queue if method.level == "global" else 0)

    def forward(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        mine = student(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
        hers = self.teacher(batch)  # [B, T, V]
        c = gold_nll(mine, batch.target, batch.mask).float()  # [B, T]
        theta, chosen = self._choose(c, batch.mask)
        loss = kd_where(mine, hers, batch.target, batch.mask, chosen, self.method.weight)
        log = {"theta": theta.item(), "selected": (chosen.sum() / max(1, batch.tokens)).item()}
        differs = hers.argmax(-1) != batch.target  # [B, T]
        for name, where in (("selected", chosen), ("others", batch.mask & ~chosen)):
            if where.any():
                log[f"differs_{name}"] = differs[where].float().mean().item()
        return loss, log

    def _choose(self, c: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """theta, and which pieces lie on its side, [B, T]. The batch is pushed first, then read."""
        values = c[mask]
        if self.method.level == "global":
            values = self.queue.push(values)
        if self.method.half == "hard":
            theta = threshold(values, self.method.share)
            return theta, mask & (c >= theta)
        theta = -threshold(-values, self.method.share)
        return theta, mask & (c <= theta)


class _Newest(nn.Module):
    """Exactly the newest `size` of all values pushed; before there are as many, all of them."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("values", torch.zeros(size))
        self.register_buffer("pushed", torch.zeros((), dtype=torch.long))

    def push(self, new: Tensor) -> Tensor:
        """Add values [n], oldest first; returns what is held, in no particular order."""
        self.to(new.device)
        size = len(self.values)
        self.pushed += len(new)
        kept = new[-size:]
        last = self.pushed - torch.arange(len(kept), 0, -1, device=new.device)  # [n], a ring
        self.values[last % size] = kept
        return self.values[: int(self.pushed)]
