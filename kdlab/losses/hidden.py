"""How far a student's hidden states are from a teacher's, once both have the same width."""

from torch import Tensor
from torch.nn.functional import normalize

from kdlab.errors import ShapeError
from kdlab.losses.reduce import masked_mean, real


def hint(student: Tensor, teacher: Tensor, mask: Tensor) -> Tensor:
    r"""Squared distance of the states, $\|h^S_j-h^T_j\|_2^2$: a mean over real positions, no unit.

    Summed over features, so it grows with the width and with the teacher's scale. FitNets' loss is
    half of it, which the weight in front absorbs.
    student: [B, L, H] float, already projected to the teacher's width; teacher: [B, L, H], gets no
    gradient     mask: [B, L] bool, True = a real piece of source or target
    Returns a scalar >= 0; 0 where the states agree, and for an empty mask.
    Raises ShapeError if the two or the mask differ in shape.
    Source: Kim & Rush (2016), who say in words that they regress the top state before training;
    Romero et al. (2015), whose half is as recalled; check the paper.

    >>> import torch
    >>> student, teacher = torch.tensor([[[3., 4.], [9., 9.]]]), torch.zeros(1, 2, 2)
    >>> hint(student, teacher, torch.tensor([[True, False]])).item()
    25.0
    """
    student, teacher = _alike(student, teacher, mask)  # [B, L, H]
    return masked_mean((student - teacher).pow(2).sum(-1), mask)


def normalised_mse(student: Tensor, teacher: Tensor, mask: Tensor) -> Tensor:
    r"""Squared distance of directions, $\|\bar h^S_j-\bar h^T_j\|_2^2$: from 0 to 4, no unit.

    Bars divide by the L2 norm over features, so it is 2 - 2 cos. Features are summed and positions
    averaged: the published code sums over positions beside a loss that is summed over target
    pieces, so that the weight of its layer term depends on how many source pieces there are to a
    target piece. With a mean, beta says the same on every batch and corpus.
    student, teacher: [B, L, H] float     mask: [B, L] bool     A zero vector stays zero.
    Returns a scalar; 0 for an empty mask. No gradient to the teacher.
    Raises ShapeError if the two or the mask differ in shape.
    Source: Wu et al. (2020), their published code; Sun et al. (2019), PKD (as recalled; check the
    paper).

    >>> import torch
    >>> student = torch.tensor([[[5., 0.], [1., 0.]]])
    >>> teacher = torch.tensor([[[0., 2.], [2., 0.]]])  # a right angle, and the same direction
    >>> normalised_mse(student, teacher, torch.tensor([[True, True]])).item()
    1.0
    """
    student, teacher = (normalize(h, dim=-1, eps=1e-6) for h in _alike(student, teacher, mask))
    return masked_mean((student - teacher).pow(2).sum(-1), mask)


def _alike(student: Tensor, teacher: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Both [B, L, H] with zeros under padding, no gradient to the teacher."""
    if student.shape != teacher.shape:
        raise ShapeError(
            f"student states are {list(student.shape)}; expected {list(teacher.shape)} like the "
            "teacher's. Project the student's to the teacher's width; positions must be those of "
            "one segmentation."
        )
    return real(student, mask), real(teacher.detach(), mask)
