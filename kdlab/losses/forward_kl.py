"""Forward KL: the student is asked to cover all that its teacher says."""

import torch
from torch import Tensor

from kdlab.losses.reduce import same_shape


def forward_kl(student_logits: Tensor, teacher_logits: Tensor) -> Tensor:
    r"""$\mathrm{KL}(q\|p)=\sum_k q_k(\log q_k-\log p_k)$ at each position, [B, T], nats.

    student_logits, teacher_logits: [B, T, V] float; a teacher's -inf means q = 0 and adds nothing
    Returns >= 0, and 0 at student = teacher; the gradient is that of word_kd at alpha = 1.
    Raises ShapeError if the two differ in shape.
    Source: Kim & Rush (2016), section 3.1, less the teacher's entropy.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> f"{forward_kl(student, teacher).item():.6f}"
    '0.404549'
    """
    log_p, log_q = log_probs(student_logits, teacher_logits)  # [B, T, V]
    q = log_q.exp()
    return (torch.xlogy(q, q) - (q * log_p).masked_fill(q == 0, 0.0)).sum(-1)  # 0 log 0 = 0


def log_probs(student_logits: Tensor, teacher_logits: Tensor) -> tuple[Tensor, Tensor]:
    """log p and log q, [B, T, V] each; no gradient to the teacher. ShapeError if they differ."""
    same_shape(student_logits, teacher_logits)
    return student_logits.log_softmax(-1), teacher_logits.detach().log_softmax(-1)
