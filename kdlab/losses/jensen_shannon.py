"""Generalised Jensen-Shannon: between forward and reverse KL, and always finite."""

from math import log

import torch
from torch import Tensor

from kdlab.losses.forward_kl import forward_kl, log_probs
from kdlab.losses.reverse_kl import reverse_kl


def jensen_shannon(
    student_logits: Tensor, teacher_logits: Tensor, beta: float = 0.5, floor: float = 0.0
) -> Tensor:
    r"""Generalised Jensen-Shannon divergence at each position, [B, T], nats.

    $\beta\,\mathrm{KL}(q\|m)+(1-\beta)\,\mathrm{KL}(p\|m)$ with $m=\beta q+(1-\beta)p$: beta is the
    teacher's weight in the mixture. >= 0, at most the entropy of (beta, 1 - beta), so log 2; always
    finite, also where q = 0. As beta nears 0 (or 1) it is beta times forward KL (1 - beta times
    reverse KL): it vanishes at both ends. There, as implementations do, the KL itself is returned,
    which is a jump: at beta = 0.01 the loss is about a hundred times smaller than at 0.
    student_logits, teacher_logits: [B, T, V] float; a teacher's -inf means q = 0
    floor: see `reverse_kl`; read at beta = 1 only
    Raises ShapeError if the two differ in shape.
    Source: Agarwal et al. (2024), GKD, section 2; the ends as recalled; check the paper.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> [f"{jensen_shannon(student, teacher, beta).item():.6f}" for beta in (0.1, 0.5, 0.9)]
    ['0.035467', '0.092828', '0.033212']
    """
    if beta == 0:
        return forward_kl(student_logits, teacher_logits)
    if beta == 1:
        return reverse_kl(student_logits, teacher_logits, floor)
    log_p, log_q = log_probs(student_logits, teacher_logits)  # [B, T, V]
    log_m = torch.logaddexp(log_q + log(beta), log_p + log(1 - beta))  # [B, T, V], finite
    q = log_q.exp()
    teachers = (torch.xlogy(q, q) - q * log_m).sum(-1)  # [B, T]
    students = (log_p.exp() * (log_p - log_m)).sum(-1)  # [B, T]
    return beta * teachers + (1 - beta) * students
