"""What is in the padded batches of an epoch, and the one that takes the most memory."""

import statistics
from collections.abc import Sequence

import torch

from kdlab.batching import Encoded
from kdlab.experiments.recipes import Recipe
from kdlab.losses import NLL
from kdlab.models import build
from kdlab.objectives import Plain
from kdlab.tokenizer import Tokenizer
from kdlab.training import Session
from kdlab.training.epochs import epoch


def about(data: Encoded, batch_tokens: int) -> dict[str, float]:
    """Updates an epoch has, and padded pieces a batch; a budget is for targets alone."""
    batches = epoch(data, batch_tokens, 1, 0)
    source = [_padded(data.source, rows) for rows in batches]
    target = [_padded(data.target, rows) for rows in batches]
    return {
        "updates_an_epoch": len(batches),
        "source_pieces_a_sentence": statistics.mean(map(len, data.source)),
        "target_pieces_a_sentence": statistics.mean(map(len, data.target)),
        "longest_source": max(map(len, data.source)), "longest_target": max(map(len, data.target)),
        "padded_source_median": statistics.median(source), "padded_source_most": max(source),
        "padded_target_median": statistics.median(target), "padded_target_most": max(target),
        "sentences_most": max(map(len, batches)),
    }  # fmt: skip


def largest(data: Encoded, batch_tokens: int) -> Encoded:
    """The batch of the first epoch with the most padded pieces on both sides."""

    def pieces(rows: Sequence[int]) -> int:
        return _padded(data.source, rows) + _padded(data.target, rows)

    rows = max(epoch(data, batch_tokens, 1, 0), key=pieces)
    return Encoded([data.source[i] for i in rows], [data.target[i] for i in rows])


def update_on(data: Encoded, recipe: Recipe, pieces: Tokenizer) -> None:
    """One update of a new model on all of it."""
    torch.manual_seed(1)
    model = build(recipe.model, pieces.source_size, pieces.target_size)
    next(Session(model, Plain(NLL()), data, recipe.training, seed=1).records())


def _padded(side: Sequence[Sequence[int]], rows: Sequence[int]) -> int:
    return len(rows) * max(len(side[i]) for i in rows)
