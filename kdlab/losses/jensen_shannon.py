"""Generalised Jensen-Shannon: between forward and reverse KL, and finite where those are not."""

from math import log

import torch
from torch import Tensor

from kdlab.errors import RecipeError
from kdlab.losses.forward_kl import log_probs
from kdlab.ranges import in_range


def jensen_shannon(student_logits: Tensor, teacher_logits: Tensor, beta: float = 0.5) -> Tensor:
    r"""Generalised Jensen-Shannon divergence at each position, [B, T], nats.

    $\beta\,\mathrm{KL}(q\|m)+(1-\beta)\,\mathrm{KL}(p\|m)$ with $m=\beta q+(1-\beta)p$: beta is the
    teacher's weight in the mixture. >= 0, at most the entropy of (beta, 1 - beta), so log 2; always
    finite, also where p = 0 or q = 0. As beta nears 0 (or 1) it is beta times forward KL (1 - beta
    times reverse KL): it vanishes at both ends.
    student_logits, teacher_logits: [B, T, V] float; -inf means p = 0, or q = 0
    Raises ShapeError if the two differ in shape, RecipeError unless 0 < beta < 1.
    Source: Agarwal et al. (2024), GKD, section 2.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> [f"{jensen_shannon(student, teacher, beta).item():.6f}" for beta in (0.1, 0.5, 0.9)]
    ['0.035467', '0.092828', '0.033212']
    """
    in_range("beta", beta, 0, 1)
    if beta in (0, 1):
        raise RecipeError(f"beta is {beta}; expected a number between 0 and 1, both left out.")
    log_p, log_q = log_probs(student_logits, teacher_logits)  # [B, T, V]
    p, q = log_p.exp(), log_q.exp()
    # A piece that both rule out adds nothing, and -inf + -inf would make nan gradients.
    log_q = log_q.masked_fill((p == 0) & (q == 0), 0.0)
    log_m = torch.logaddexp(log_q + log(beta), log_p + log(1 - beta))  # [B, T, V], finite
    teachers = (torch.xlogy(q, q) - q * log_m).sum(-1)  # [B, T]
    students = (p * (log_p - log_m).masked_fill(p == 0, 0.0)).sum(-1)  # [B, T]
    return beta * teachers + (1 - beta) * students
