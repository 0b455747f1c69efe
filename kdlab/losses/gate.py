"""Token-level and sentence-level distillation mixed sentence by sentence, by a gate."""

import torch
from torch import Tensor

from kdlab.errors import RecipeError, ShapeError


def gated(token: Tensor, sentence: Tensor, gate: Tensor) -> Tensor:
    r"""$\frac1B\sum_b\,[g_b\,\ell^{tok}_b+(1-g_b)\,\ell^{sent}_b]$; nats per token, each sentence
    weighing the same.

    token, sentence: [B] float, a mean over each sentence's own tokens, see `sentence_mean`
    gate: [B] float in [0, 1]; 1 = token-level only. A gate that is trained on this loss gets the
    gradient token - sentence, and so moves to the smaller term whichever teaches better.
    Raises ShapeError unless all three are [B], RecipeError for a gate outside 0 to 1.
    Source: Wei et al. (2024) for the mixture; that the gate is per sentence is our design.

    >>> gate = torch.tensor([0.5, 1.0])
    >>> gated(torch.tensor([1., 3.]), torch.tensor([2., 9.]), gate).item()
    2.25
    """
    _alike(gate, token, sentence)
    _check(gate)
    each = gate * token + (1 - gate) * sentence  # [B]
    return each.sum() / max(1, len(each))


def levelled(gate: Tensor, token: Tensor, sentence: Tensor) -> Tensor:
    """A remedy against drift, to be added to `gated`: 0 in value; a gradient for the gate only.

    Together, the gate's gradient is (token_b - token) - (sentence_b - sentence): a sentence moves
    to the term that is smaller than usual there; the smaller term as such attracts nobody. It does
    what it should as long as the usual values are up to date, which running means are not while
    losses fall.
    gate: [B]     token, sentence: scalars, the usual values of the two terms
    Source: our design.
    """
    usual = (token - sentence).detach()
    return -((gate - gate.detach()) * usual).sum() / max(1, len(gate))


def gate_entropy(gate: Tensor) -> Tensor:
    r"""Mean of $-g\log g-(1-g)\log(1-g)$ over sentences, 0 to log 2, in nats.

    Subtracted $\lambda$ times, it bounds the drift and does not stop it: a constant difference of
    the terms then holds the gate at $\sigma((\ell^{sent}-\ell^{tok})/\lambda)$.
    gate: [B] in [0, 1], else RecipeError. Source: our design.

    >>> round(gate_entropy(torch.tensor([0.5, 0.5])).item(), 6)
    0.693147
    """
    _check(gate)
    gate = gate.clamp(1e-6, 1 - 1e-6)  # a sigmoid may round to 1, where the gradient is infinite
    each = torch.special.entr(gate) + torch.special.entr(1 - gate)  # [B]
    return each.sum() / max(1, len(gate))


def _alike(gate: Tensor, token: Tensor, sentence: Tensor) -> None:
    """One number a sentence of each: a gate [B, 1] would mix every sentence with every other."""
    shapes = [list(x.shape) for x in (gate, token, sentence)]
    if gate.dim() != 1 or not shapes[0] == shapes[1] == shapes[2]:
        raise ShapeError(
            "gate, token and sentence are {}, {} and {}; expected [B] of each.".format(*shapes)
        )


def _check(gate: Tensor) -> None:
    if (wrong := (gate < 0) | (gate > 1)).any():  # nan shows itself: the loss is nan, too
        raise RecipeError(f"a gate is {gate[wrong][0].item()}; expected numbers from 0 to 1.")
