"""Iterative distillation: the teacher also answers under prefixes that hold the student's pieces.

Word-level KD asks it under the gold prefix only, where it mostly says what the gold target says.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from kdlab.batching import Batch, shift
from kdlab.errors import RecipeError
from kdlab.losses.nll import nll
from kdlab.losses.ranking import RankingKD
from kdlab.losses.word_kd import WordKD
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.protocol import Objective
from kdlab.objectives.teachers import online
from kdlab.ranges import whole


@dataclass(frozen=True)
class IterativeKD:
    r"""TIE-KD: distil N times per batch, each time after what the student has just said.

    $(1-\alpha)\,[-\log p(y)] + \frac{\alpha}{N}\sum_{i=1}^{N} \mathcal L_{kd}(x^i)$: $x^1$ is the
    gold prefix, and $x^{i+1}$ the student's arg-max at every position of $x^i$, shifted right: one
    parallel pass, not decoding, so each piece answers the last prefix, not its own. Gold loss only
    under $x^1$; gold mask throughout; dropout stays on; no gradient passes through the arg-max.

    loss: the KD term, with its alpha     iterations: N; 1 is the loss alone
    Costs N passes of both models and keeps N graphs. Both read the source N times too: `Seq2Seq`
    has no call from an encoded source and a whole prefix (so dropout in the encoder is also drawn
    N times; the paper encodes once). Stored teacher logits (top_k) serve the first pass only.
    The exact teacher of a grammar cannot be asked: it raises RecipeError at a prefix that begins
    no translation, as a student's soon does.
    Raises RecipeError for another loss, N < 1, or if N > 1 and only stored logits are there.
    Source: Zhang et al. (2023), Algorithm 1 and public code: alpha 0.5, k 5, N 3.
    """

    loss: WordKD | RankingKD = RankingKD()
    iterations: int = 3

    needs_teacher = True
    stored_teacher = False  # its logits on disk are not enough

    def __post_init__(self) -> None:
        whole("iterations", self.iterations, 1)
        if not isinstance(self.loss, (WordKD, RankingKD)):
            raise RecipeError(
                f"loss is {self.loss!r}; expected WordKD(…) or RankingKD(…), a word-level loss "
                "whose teacher's term can be taken alone."
            )

    def prepare(self, lesson: Lesson) -> Objective:
        """See `Method.prepare`; nothing is remembered between batches."""
        if self.iterations > 1 and lesson.teacher is None:
            raise RecipeError(
                f"iterations is {self.iterations} but there are only stored logits, which know "
                "nothing of the student's prefixes; give the teacher itself, or iterations=1."
            )
        return _Iterative(self, lesson)


class _Iterative(nn.Module):
    """See `IterativeKD`; nothing to train, nothing to save."""

    def __init__(self, method: IterativeKD, lesson: Lesson) -> None:
        super().__init__()
        self.method, self.under_gold = method, lesson.logits
        # online() is a closure: as a submodule, the teacher would be saved and trained.
        self.under_own = None if lesson.teacher is None else online(lesson.teacher)

    def forward(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """See `Objective.__call__`; the log holds each pass's KD term, kd_1 to kd_N."""
        alpha, only_kd = self.method.loss.alpha, replace(self.method.loss, alpha=1.0)
        target, mask = batch.target, batch.mask
        logits = student(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
        gold = nll(logits, target, mask)
        terms = [only_kd(logits, self.under_gold(batch), target, mask)]
        for _ in range(1, self.method.iterations):
            own = replace(batch, prefix=shift(logits.argmax(-1)))  # x^i; target and mask stay gold
            logits = student(own.source, own.source_mask, own.prefix)  # [B, T, V]
            terms.append(only_kd(logits, self.under_own(own), target, mask))
        loss = (1 - alpha) * gold + alpha * torch.stack(terms).mean()
        return loss, {f"kd_{i}": term.item() for i, term in enumerate(terms, 1)}
