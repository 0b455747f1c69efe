"""Magnitude pruning: the weights nearest to zero become zero."""

import copy

import torch
from torch import Tensor, nn

from kdlab.errors import RecipeError
from kdlab.translator import Translator

SCOPES = ("global", "uniform")


def pruned(translator: Translator, share: float, scope: str = "global") -> Translator:
    """A copy whose `share` of weights of least magnitude is zero; embeddings and biases count too.

    share: 0 to below 1, of all trainable weights
    scope: "global", one threshold for all tensors (class-blind); "uniform", the same share of each
    matrix (class-uniform), and vectors stay: half of a norm's gains at zero would end any model
    Zeros do not make a dense product faster; they make the file smaller. Most models need training
    again: train(recipe with KeepZeros(loss), corpus, start=pruned(run, share)).
    Raises RecipeError for a share or scope that is not one of these, and for a model of int8.
    Source: See, Luong & Manning (2016), section 3; Kim & Rush (2016), table 3. The pruner that they
    published leaves the embeddings out; 80 % of their model cannot be reached so.
    """
    if not 0 <= share < 1:
        raise RecipeError(f"share is {share}; expected 0 (all weights stay) to below 1.")
    if scope not in SCOPES:
        raise RecipeError(f"scope is {scope!r}; expected one of {', '.join(SCOPES)}.")
    if translator.counted is not None:
        raise RecipeError(
            f"{translator.name} has packed weights, which cannot be pruned; prune first, then int8."
        )
    model = copy.deepcopy(translator.model)
    weights = _weights(model)
    for group in [weights] if scope == "global" else [[w] for w in weights if w.dim() > 1]:
        _zero_smallest(group, share)
    return Translator(model, translator.tokenizer, f"{translator.name}, {share:.0%} pruned")


def sparsity(model: nn.Module) -> float:
    """The share of trainable weights that are zero, 0 to 1."""
    weights = _weights(model)
    return sum(int((w == 0).sum()) for w in weights) / sum(w.numel() for w in weights)


def _weights(model: nn.Module) -> list[Tensor]:
    """Every trainable tensor, shared ones once."""
    return [p.data for p in model.parameters() if p.requires_grad]


def _zero_smallest(tensors: list[Tensor], share: float) -> None:
    """Zero exactly round(share * n) of their n weights; of equals, the earlier."""
    size = torch.cat([t.abs().flatten() for t in tensors])
    keep = torch.ones_like(size)
    keep[size.argsort(stable=True)[: round(share * len(size))]] = 0
    for tensor, kept in zip(tensors, keep.split([t.numel() for t in tensors]), strict=True):
        tensor.mul_(kept.view_as(tensor))
