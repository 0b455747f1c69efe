"""What every loss here shares: how tokens are averaged, and that shapes and numbers make sense."""

from torch import Tensor

from kdlab.errors import RecipeError, ShapeError


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


def cross_entropy(q: Tensor, log_p: Tensor) -> Tensor:
    r"""$-\sum_k q_k\log p_k$ at each position, [B, T], nats; a piece with q = 0 adds nothing.

    Not even where log p is -inf, as of a piece that both models rule out. No gradient reaches q.
    q, log_p: [B, T, V] float     nan in either is nan in the sum
    """
    q = q.detach()
    return -(q * log_p).masked_fill(q == 0, 0.0).sum(-1)


def proper(name: str, logits: Tensor, mask: Tensor) -> None:
    """Raise RecipeError unless the logits [B, T, V] make a distribution where mask [B, T] is True.

    They do not with a nan, with +inf, or with -inf for every piece.
    """
    largest = logits.amax(-1)  # [B, T]; nan if one is
    if (wrong := ~largest.isfinite() & mask).any():
        row, position = wrong.nonzero()[0].tolist()
        raise RecipeError(
            f"The {name}'s logits in row {row}, position {position} of the batch have "
            f"{largest[row, position].item()} as their largest, so they are no distribution. "
            f"Look for nan or inf in the {name}'s weights: did its training diverge?"
        )


def same_shape(student_logits: Tensor, teacher_logits: Tensor) -> None:
    """Raise ShapeError unless student and teacher logits are both [B, T, V] of one shape."""
    if student_logits.shape != teacher_logits.shape:
        raise ShapeError(
            f"teacher_logits are {list(teacher_logits.shape)}; expected "
            f"{list(student_logits.shape)} like the student's. Word-level distillation needs one "
            "target vocabulary and one prefix for both models; sequence-level does not."
        )
