"""All target positions of a training set in one row: where tables with a line a position are read.

Sentence i has the places from starts[i] to just before starts[i + 1], one a target piece.
"""

import torch
from torch import Tensor

from kdlab.batching import Batch, Ids
from kdlab.errors import ShapeError


def position_starts(targets: Ids) -> Tensor:
    """[n + 1] int: where each sentence's positions begin among all P, and P."""
    return torch.tensor([0, *map(len, targets)]).cumsum(0)


def positions(starts: Tensor, batch: Batch) -> Tensor:
    """Where each piece of a batch lies among the P of its data set: [B, T] int, 0 under padding.

    starts: [n + 1], see `position_starts`
    Raises ShapeError, naming the sentence, if the batch is not of that data set.
    """
    rows, mask = batch.rows.cpu(), batch.mask.cpu()
    held, lengths = starts[rows + 1] - starts[rows], mask.sum(1)  # [B]
    for b in (held != lengths).nonzero()[:1, 0].tolist():
        raise ShapeError(
            f"sentence {rows[b]} has {lengths[b]} target pieces but the teacher's table holds "
            f"{held[b]}; make it from the data you train on."
        )
    return (starts[rows, None] + torch.arange(mask.size(1))).where(mask, 0)
