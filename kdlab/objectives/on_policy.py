"""On-policy distillation: the teacher corrects the student on the student's own sentences."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdlab.batching import Batch
from kdlab.errors import RecipeError
from kdlab.losses.divergence import Divergence
from kdlab.models.evaluating import evaluating
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.protocol import Objective
from kdlab.objectives.teachers import online
from kdlab.ranges import in_range, not_negative, whole
from kdlab.search import greedy, sample
from kdlab.special_ids import IDS


@dataclass(frozen=True)
class OnPolicy:
    """GKD: for a share of the batches the prefix is what the student itself would say now.

    There the loss is the divergence alone, since a sample has no gold piece; on the other batches
    it is `loss` whole. Sampling is in eval mode, and no gradient goes through it.
    loss: how teacher and student are compared; Jensen-Shannon with beta 0.5 and no gold term, a
    public implementation's defaults. Divergence("forward_kl", alpha=1.0) makes it ImitKD (Lin et
    al., 2020), as recalled; check the paper
    share: lambda, the probability, 0 to 1, that a batch is the student's own; 0.5 there too
    temperature: of the sampling, 0 or more; 1 draws from the student, 0 is greedy
    max_extra: a sample has at most so many pieces more than the batch's target and then must end
    (our design: an untrained student would not end by itself)
    GKD starts from a trained student: train(…, start=student). The exact teacher has no
    distribution after a mistake and raises RecipeError at a student's first; use a trained one.
    With `top_k` the stored teacher is read on the batch's own prefix only.
    Raises RecipeError if a number is out of range; `prepare`, without a teacher to ask.
    Source: Agarwal et al. (2024), GKD; equation and defaults from public implementations.
    """

    loss: Divergence = Divergence("jensen_shannon", beta=0.5, alpha=1.0)
    share: float = 0.5
    temperature: float = 1.0
    max_extra: int = 5

    needs_teacher = True
    stored_teacher = False  # its logits on disk are not enough

    def __post_init__(self) -> None:
        in_range("share", self.share, 0, 1)
        not_negative("temperature", self.temperature)
        whole("max_extra", self.max_extra, 0)

    def prepare(self, lesson: Lesson) -> Objective:
        """The objective; its draws begin with the lesson's seed."""
        if lesson.teacher is None:
            raise RecipeError(
                f"{self} asks the teacher about sentences that are not in the training data, so "
                "stored logits are not enough; give the model: train(recipe, corpus, teacher=…)."
            )
        return _OnPolicy(self, lesson)


class _OnPolicy(nn.Module):
    """See OnPolicy. log: whether the batch was the student's own (1 or 0), and then how long its
    sentences are beside the targets."""

    def __init__(self, method: OnPolicy, lesson: Lesson) -> None:
        super().__init__()
        self.method, self.given = method, lesson.logits
        self.live = online(lesson.teacher)  # what is stored was read under the targets' prefixes
        self.register_buffer("random", torch.Generator().manual_seed(lesson.seed).get_state())

    def forward(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        turn, seed = self._draw()
        if turn >= self.method.share:
            mine = student(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
            loss = self.method.loss(mine, self.given(batch), batch.target, batch.mask)
            return loss, {"on_policy": 0.0}
        own = self._said(student, batch, seed)
        mine = student(own.source, own.source_mask, own.prefix)  # [B, T', V]
        loss = self.method.loss.apart(mine, self.live(own), own.mask)
        return loss, {"on_policy": 1.0, "length_ratio": own.tokens / max(1, batch.tokens)}

    def _draw(self) -> tuple[float, int]:
        """A number from 0 to 1, and a seed for what may be sampled; one of each for every batch."""
        draw = torch.Generator()
        draw.set_state(self.random.cpu())
        turn, seed = torch.rand((), generator=draw), torch.randint(2**62, (), generator=draw)
        self.random = draw.get_state()
        return float(turn), int(seed)

    def _said(self, student: nn.Module, batch: Batch, seed: int) -> Batch:
        """The batch with the student's sentences in place of its targets."""
        limit = (batch.mask.sum(1) + self.method.max_extra).clamp(min=1)  # [B]
        with evaluating(student):
            state = student.start(batch.source, batch.source_mask)
            if self.method.temperature == 0:
                found = greedy(student.step, state, limit)
            else:
                draw = torch.Generator(batch.source.device).manual_seed(seed)
                found = sample(student.step, state, limit, draw, self.method.temperature)
        tokens = found.tokens[:, 0]  # [B, T']
        return batch.with_target(tokens, tokens != IDS.pad)
