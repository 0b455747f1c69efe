"""What a model thinks of given targets: log-probabilities and perplexity."""

import math

import torch
from torch import Tensor, nn

from kdlab.batching import Encoded, by_length
from kdlab.errors import CorpusError
from kdlab.losses.reduce import gold_log_prob
from kdlab.models.evaluating import evaluating


def log_probs(model: nn.Module, data: Encoded, batch_tokens: int = 4000) -> Tensor:
    """log p(y given x) of each sentence, eos counted; [n] double, nats. The model in eval mode."""
    total = torch.zeros(len(data), dtype=torch.double)
    with evaluating(model) as device:
        for rows in by_length([len(t) for t in data.target], batch_tokens):
            batch = data.batch(rows).to(device)
            logits = model(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
            each = gold_log_prob(logits.log_softmax(-1), batch.target, batch.mask)  # [B, T]
            total[rows] = each.masked_fill(~batch.mask, 0).double().sum(1).cpu()
    return total


def perplexity(model: nn.Module, data: Encoded) -> float:
    """exp of the mean negative log-probability of a target piece, eos counted; 1 or more.

    Per piece: two models compare only if they share a tokenizer.
    Raises CorpusError if there is no target.
    """
    if not (pieces := sum(map(len, data.target))):
        raise CorpusError(f"There are {len(data)} targets; perplexity is of one at least.")
    return math.exp(min(-float(log_probs(model, data).sum()) / pieces, 700))
