"""Token-level and sentence-level distillation mixed sentence by sentence, by a gate."""

import torch
from torch import Tensor

from kdlab.losses.forward_kl import forward_kl
from kdlab.losses.reduce import gold_log_prob, same_shape


def gated(token: Tensor, sentence: Tensor, gate: Tensor) -> Tensor:
    r"""$\frac1B\sum_b\,[g_b\,\ell^{tok}_b+(1-g_b)\,\ell^{sent}_b]$; nats per token, each sentence
    weighing the same.

    token, sentence: [B] float, a mean over each sentence's own tokens, see `sentence_mean`
    gate: [B] float in [0, 1]; 1 = token-level only. A gate that is trained on this loss gets the
    gradient token - sentence, and so moves to the smaller term whichever teaches better.
    Source: Wei et al. (2024) for the mixture; that the gate is per sentence is our design.

    >>> gate = torch.tensor([0.5, 1.0])
    >>> gated(torch.tensor([1., 3.]), torch.tensor([2., 9.]), gate).item()
    2.25
    """
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
    gate: [B] in [0, 1]. Source: our design.

    >>> round(gate_entropy(torch.tensor([0.5, 0.5])).item(), 6)
    0.693147
    """
    gate = gate.clamp(1e-6, 1 - 1e-6)  # a sigmoid may round to 1, where the gradient is infinite
    each = torch.special.entr(gate) + torch.special.entr(1 - gate)  # [B]
    return each.sum() / max(1, len(gate))


def soft_token(
    student_logits: Tensor, teacher_logits: Tensor, mask: Tensor, measure: str = "kl"
) -> Tensor:
    """The token-level term of each sentence [B]: the teacher's distribution, mean over its tokens.

    student_logits, teacher_logits: [B, T, V] under one prefix; a teacher's -inf means q = 0
    measure: "kl", KL(q || p), 0 at student = teacher; "ce", the cross-entropy of Word-KD, which is
    H(q) more and has the same gradient for the student but not for a gate
    Raises ShapeError if the two logits differ in shape.
    """
    same_shape(student_logits, teacher_logits)
    padding = ~mask[..., None]
    student_logits = student_logits.masked_fill(padding, 0.0)
    teacher_logits = teacher_logits.detach().masked_fill(padding, 0.0)
    each = forward_kl(student_logits, teacher_logits)  # [B, T]
    if measure == "ce":
        each = each + torch.special.entr(teacher_logits.softmax(-1)).sum(-1)
    return sentence_mean(each, mask)


def hard_token(student_logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """-log p of each sentence's target pieces [B], mean over them; nats per token."""
    log_p = student_logits.masked_fill(~mask[..., None], 0.0).log_softmax(-1)
    return sentence_mean(-gold_log_prob(log_p, target, mask), mask)


def sentence_mean(per_token: Tensor, mask: Tensor) -> Tensor:
    """[B, T] to [B]: the mean over each sentence's real tokens, 0 where it has none.

    Unlike `masked_mean` a short sentence counts as much as a long one.
    """
    return per_token.masked_fill(~mask, 0.0).sum(1) / mask.sum(1).clamp(min=1)
