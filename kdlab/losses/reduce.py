"""What every loss here shares: what padding holds, how tokens are averaged, that shapes agree."""

import torch
from torch import Tensor

from kdlab.errors import ShapeError


def masked_mean(per_token: Tensor, mask: Tensor) -> Tensor:
    """Mean over the real tokens of a batch; 0, still differentiable, where there are none.

    per_token: [B, T] float, anything where masked (even inf or nan)     mask: [B, T] bool
    The denominator is the number of real tokens in the batch: more padding changes nothing.
    Raises ShapeError if the two differ in shape, or if the mask is not bool.
    """
    check_mask(mask, per_token.shape)
    # masked_fill, not a product: 0 * inf would be nan.
    return per_token.masked_fill(~mask, 0.0).sum() / mask.sum().clamp(min=1)


def real(x: Tensor, mask: Tensor) -> Tensor:
    """x [B, T, V] with zeros under padding, where an inf or nan would spoil the gradient.

    Raises ShapeError unless mask is [B, T] bool.
    """
    check_mask(mask, x.shape[:-1])
    return x.masked_fill(~mask[..., None], 0.0)


def gold_log_prob(log_p: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """log p of each target piece. log_p: [B, T, V]; target, mask: [B, T]; returns [B, T], nats.

    Raises ShapeError unless target and mask are [B, T], of whole numbers and of bool.
    """
    check_target(target, mask, log_p.shape[:-1])
    y = target.masked_fill(~mask, 0).long()  # padding may hold -100, which gather would refuse
    return log_p.gather(-1, y[..., None]).squeeze(-1)  # [B, T]


def check_mask(mask: Tensor, shape: torch.Size, name: str = "mask") -> None:
    """Raise ShapeError unless mask is bool and of this shape; one that broadcasts counts wrong."""
    if mask.dtype != torch.bool:
        raise ShapeError(f"{name} is {mask.dtype}; expected torch.bool, True where it counts.")
    if mask.shape != shape:
        raise ShapeError(f"{name} is {list(mask.shape)}; expected {list(shape)}, one a position.")


def check_target(target: Tensor, mask: Tensor, shape: torch.Size) -> None:
    """Raise ShapeError unless target holds ids, mask is bool, and both are of this shape."""
    check_mask(mask, shape)
    if target.is_floating_point() or target.dtype == torch.bool:
        raise ShapeError(f"target is {target.dtype}; expected ids of pieces, whole numbers.")
    if target.shape != shape:
        raise ShapeError(f"target is {list(target.shape)}; expected {list(shape)}, one a position.")


def same_shape(student_logits: Tensor, teacher_logits: Tensor) -> None:
    """Raise ShapeError unless student and teacher logits are both [B, T, V] of one shape."""
    if student_logits.shape != teacher_logits.shape:
        raise ShapeError(
            f"teacher_logits are {list(teacher_logits.shape)}; expected "
            f"{list(student_logits.shape)} like the student's. Word-level distillation needs one "
            "target vocabulary and one prefix for both models; sequence-level does not."
        )
