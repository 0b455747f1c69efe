"""Reverse KL: the student is asked to say nothing that its teacher would not."""

from math import log

from torch import Tensor

from kdlab.losses.forward_kl import log_probs
from kdlab.ranges import in_range


def reverse_kl(student_logits: Tensor, teacher_logits: Tensor, floor: float = 0.0) -> Tensor:
    r"""$\mathrm{KL}(p\|q)=\sum_k p_k(\log p_k-\log q_k)$ at each position, [B, T], nats.

    student_logits, teacher_logits: [B, T, V] float
    floor: q is taken to be at least this. With 0 the value is the true one, inf wherever the
    teacher rules out (-inf) a piece that the student may say, which a softmax always may. A small
    floor asks at most -log(floor) nats for a student's whole mass gone wrong. What it changes:
    max(q, floor) sums to 1 and less than V floor more, so the least value is no further below 0.
    Raises ShapeError if the two differ in shape, RecipeError unless 0 <= floor <= 1.
    Source: Gu et al. (2024), MiniLLM, at one position under a given prefix; they sample the
    student's sentences and use the policy gradient. The floor is our design.

    >>> import torch
    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> f"{reverse_kl(student, teacher).item():.6f}"
    '0.371509'
    """
    in_range("floor", floor, 0, 1)
    log_p, log_q = log_probs(student_logits, teacher_logits)  # [B, T, V]
    if floor > 0:
        log_q = log_q.clamp(min=log(floor))
    p = log_p.exp()
    ratio = (log_p - log_q).masked_fill(p == 0, 0.0)  # p may underflow, and 0 * inf would be nan
    return (p * ratio).sum(-1)
