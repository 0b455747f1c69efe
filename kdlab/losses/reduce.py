"""What every loss here shares: how tokens are averaged, and that shapes agree."""

from torch import Tensor

from kdlab.errors import ShapeError


def masked_mean(per_token: Tensor, mask: Tensor) -> Tensor:
    """Mean over the real tokens of a batch; 0, still differentiable, where there are none.

    per_token: [B, T] float, anything where masked (even inf or nan)     mask: [B, T] bool
    The denominator is the number of real tokens in the batch: more padding changes nothing.
    """
    # masked_fill, not a product: 0 * inf would be nan.
    return per_token.masked_fill(~mask, 0.0).sum() / mask.sum().clamp(min=1)


def gold_log_prob(log_p: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """log p of each target piece. log_p: [B, T, V]; target, mask: [B, T]; returns [B, T], nats."""
    y = target.masked_fill(~mask, 0)  # padding may hold -100, which gather would refuse
    return log_p.gather(-1, y[..., None]).squeeze(-1)  # [B, T]


def same_shape(student_logits: Tensor, teacher_logits: Tensor) -> None:
    """Raise ShapeError unless student and teacher logits are both [B, T, V] of one shape."""
    if student_logits.shape != teacher_logits.shape:
        raise ShapeError(
            f"teacher_logits are {list(teacher_logits.shape)}; expected "
            f"{list(student_logits.shape)} like the student's. Word-level distillation needs one "
            "target vocabulary and one prefix for both models; sequence-level does not."
        )
