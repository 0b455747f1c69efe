"""Selective distillation: the teacher's distribution only where the student finds the gold hard."""

from torch import Tensor

from kdlab.errors import RecipeError
from kdlab.losses.forward_kl import forward_kl
from kdlab.losses.reduce import check_mask, gold_log_prob, masked_mean, real, same_shape
from kdlab.ranges import not_negative


def selective_kd(
    student_logits: Tensor,
    teacher_logits: Tensor,
    target: Tensor,
    mask: Tensor,
    threshold: float | Tensor,
    weight: float = 1.0,
) -> Tensor:
    r"""Gold loss everywhere, KL to the teacher at hard pieces; nats per real target token.

    $c_j+w\,\mathbb 1[c_j\ge\theta]\,\mathrm{KL}(q_j\|p_j)$ with $c_j=-\log p(y_j)$, plain, never
    label-smoothed; mean over all real tokens, selected or not. No gradient reaches the teacher, and
    none goes through the choice.
    student_logits, teacher_logits: [B, T, V] float; a teacher's -inf means q = 0
    target: [B, T] int     mask: [B, T] bool     threshold: theta, nats     weight: w, theirs 1
    Raises ShapeError if logits, target or mask differ in shape, RecipeError for a weight below 0 or
    a threshold of nan.
    Source: Wang et al. (2021) and their released code: 1 + 1, not (1 - alpha) + alpha.

    >>> import torch
    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> y, m = torch.tensor([[1]]), torch.tensor([[True]])
    >>> [f"{selective_kd(student, teacher, y, m, theta):.6f}" for theta in (0.7, 0.8)]
    ['1.137379', '0.732830']
    """
    if threshold != threshold:
        raise RecipeError(f"threshold is {float(threshold)}; expected a number, in nats.")
    c = gold_nll(student_logits, target, mask)  # [B, T]
    return kd_where(student_logits, teacher_logits, target, mask, c >= threshold, weight)


def kd_where(
    student_logits: Tensor,
    teacher_logits: Tensor,
    target: Tensor,
    mask: Tensor,
    chosen: Tensor,
    weight: float = 1.0,
) -> Tensor:
    """`selective_kd` with the choice made by the caller. chosen: [B, T] bool."""
    same_shape(student_logits, teacher_logits)
    not_negative("weight", weight)
    check_mask(chosen, student_logits.shape[:-1], "chosen")
    student = real(student_logits, mask)  # [B, T, V]
    gold = -gold_log_prob(student.log_softmax(-1), target, mask)  # [B, T]
    heard = mask & chosen  # [B, T]
    kl = forward_kl(real(student, heard), real(teacher_logits, heard))  # [B, T]
    return masked_mean(gold + weight * kl.masked_fill(~chosen, 0.0), mask)


def gold_nll(student_logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """c, what each gold piece costs the student: [B, T], nats, detached; 0 where masked."""
    log_p = student_logits.detach().log_softmax(-1)  # [B, T, V]
    return -gold_log_prob(log_p, target, mask).masked_fill(~mask, 0.0)
