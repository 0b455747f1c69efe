"""Where a teacher's logits come from: the model itself, or its k best pieces stored beforehand."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdlab.batching import Batch
from kdlab.errors import RecipeError, ShapeError
from kdlab.models.protocol import evaluating

TeacherLogits = Callable[[Batch], Tensor]


def online(teacher: nn.Module) -> TeacherLogits:
    """The teacher's logits [B, T, V] under the batch's own prefix; eval mode, no gradient.

    The teacher moves to where the student's batches are.
    """

    def logits(batch: Batch) -> Tensor:
        device = batch.source.device
        with evaluating(teacher.to(device)):
            return teacher(batch.source, batch.source_mask, batch.prefix).to(device)

    return logits


@dataclass(frozen=True)
class CachedTeacher:
    """The k best pieces at every position of a training set, as `distill.cache_top_k` stores them.

    pieces: [P, k] int, log_q: [P, k] nats, for all P target positions of all sentences in order
    starts: [n + 1] int, where each sentence's positions begin     target_size: V
    The mass outside the k best is spread evenly over the other V - k pieces.
    """

    pieces: Tensor
    log_q: Tensor
    starts: Tensor
    target_size: int

    def __post_init__(self) -> None:
        if self.pieces.size(-1) >= self.target_size:
            raise RecipeError(
                f"k is {self.pieces.size(-1)}; expected less than the vocabulary, "
                f"{self.target_size}. To keep every piece, use the teacher online."
            )

    def __call__(self, batch: Batch) -> Tensor:
        """log q [B, T, V]; positions past a sentence's end hold zeros.

        Raises ShapeError if the batch is not of the training set that was cached.
        """
        k, V = self.pieces.size(-1), self.target_size
        device = batch.target.device
        log_q = torch.zeros(*batch.target.shape, V, device=device)
        for b, row in enumerate(batch.rows.tolist()):
            start, end = self.starts[row : row + 2].tolist()
            if end - start != int(batch.mask[b].sum()):
                raise ShapeError(
                    f"sentence {row} has {int(batch.mask[b].sum())} target pieces but the "
                    f"teacher's cache holds {end - start}; cache it on the data you train on."
                )
            best = self.log_q[start:end].to(device)  # [t, k]
            rest = (1 - best.exp().sum(-1, keepdim=True)).clamp(min=1e-9) / (V - k)
            here = rest.log().expand(-1, V).clone()
            log_q[b, : end - start] = here.scatter(1, self.pieces[start:end].to(device), best)
        return log_q
