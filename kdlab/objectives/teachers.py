"""Where a teacher's logits come from: the model itself, or its k best pieces stored beforehand."""

from dataclasses import dataclass

from torch import Tensor, nn

from kdlab.batching import Batch
from kdlab.errors import RecipeError
from kdlab.losses.proper import proper
from kdlab.models.evaluating import evaluating
from kdlab.objectives.positions import positions
from kdlab.objectives.protocol import TeacherLogits


def online(teacher: nn.Module) -> TeacherLogits:
    """The teacher's logits [B, T, V] under the batch's own prefix; eval mode, no gradient.

    The teacher moves to where the student's batches are. A call raises RecipeError where the
    logits of a real position are no distribution (nan, inf).
    """

    def logits(batch: Batch) -> Tensor:
        device = batch.source.device
        with evaluating(teacher.to(device)):
            hers = teacher(batch.source, batch.source_mask, batch.prefix).to(device)
        proper("teacher", hers, batch.mask)
        return hers

    return logits


@dataclass(frozen=True)
class CachedTeacher:
    """The k best pieces at every position of a training set, as `distill.cache_top_k` stores them.

    pieces: [P, k] int32, log_q: [P, k] nats, for all P target positions of all sentences in order
    starts: [n + 1], see `position_starts`     target_size: V
    The mass outside the k best is spread evenly over the other V - k pieces, so that q stays a
    distribution and its KL to the full one finite: dropping that mass and dividing by the rest
    would teach that all other pieces are impossible. What it costs: tests/benchmarks/distilling.
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
        # Padding reads something, which is zeroed below.
        place = positions(self.starts, batch)  # [B, T]
        device = batch.target.device
        pieces, best = self.pieces[place].to(device), self.log_q[place].to(device)  # [B, T, k]
        rest = (1 - best.exp().sum(-1, keepdim=True)).clamp(min=1e-9) / (V - k)  # [B, T, 1]
        padding = ~batch.mask[..., None]
        best, rest = best.masked_fill(padding, 0.0), rest.log().masked_fill(padding, 0.0)
        return rest.repeat(1, 1, V).scatter_(-1, pieces.long(), best)
