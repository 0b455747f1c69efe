"""Annealing distillation, stage I: meet the teacher's logits, at first only a part of them."""

import torch
from torch import Tensor

from kdlab.errors import RecipeError
from kdlab.losses.reduce import masked_mean, real, same_shape
from kdlab.ranges import in_range


def annealing(
    student_logits: Tensor,
    teacher_logits: Tensor,
    mask: Tensor,
    phi: float,
    centred: bool = False,
    power: float = 0.0,
) -> Tensor:
    r"""Squared distance of the student's logits from a part of the teacher's, per real token.

    $V^{a}\cdot\frac1V\|z^S-\Phi\,z^T\|_2^2$, mean over mask; squared logits, not nats. No softmax
    and no gold target. No gradient reaches the teacher. 0 at student = phi times teacher.
    student_logits, teacher_logits: [B, T, V] float     mask: [B, T] bool     phi: 0 to 1
    centred: take from each its mean over V first. A constant added to all logits changes no
    probability, and a student need not learn it.
    power: a. 0 is the authors' code, a mean over classes, which shrinks as the vocabulary grows;
    1 is the equation's squared norm; at 1/2 a token's gradient has the same size at every V.
    Raises ShapeError if the two or the mask differ in shape, RecipeError unless 0 <= phi <= 1 and
    0 <= power <= 1, or if a teacher's logit is not finite.
    Source: Jafari et al. (2021); centring and power are our design.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher, mask = torch.tensor([[[2., 1., .5, 0., -1., -2.]]]), torch.tensor([[True]])
    >>> [f"{annealing(student, teacher, mask, phi):.6f}" for phi in (0.1, 0.5, 1.0)]
    ['0.482083', '0.225417', '0.673333']
    """
    same_shape(student_logits, teacher_logits)
    in_range("phi", phi, 0, 1)
    in_range("power", power, 0, 1)
    student, teacher = real(student_logits, mask), real(teacher_logits.detach(), mask)  # [B, T, V]
    if not torch.isfinite(teacher).all():
        raise RecipeError(
            "A teacher's logit is not finite: the exact teacher has log 0 = -inf for a piece that "
            "cannot follow, and no student reaches that. Use a trained teacher for annealing."
        )
    if centred:
        student, teacher = (z - z.mean(-1, keepdim=True) for z in (student, teacher))
    per_token = (student - phi * teacher).pow(2).mean(-1)  # [B, T]
    return student.size(-1) ** power * masked_mean(per_token, mask)
