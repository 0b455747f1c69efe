"""A loss for each sentence, to be weighed by a gate: from the teacher, or from the target."""

import torch
from torch import Tensor

from kdlab.errors import RecipeError
from kdlab.losses.forward_kl import forward_kl
from kdlab.losses.reduce import check_mask, gold_log_prob, real, same_shape


def soft_token(
    student_logits: Tensor, teacher_logits: Tensor, mask: Tensor, measure: str = "kl"
) -> Tensor:
    """The token-level term of each sentence [B]: the teacher's distribution, mean over its tokens.

    student_logits, teacher_logits: [B, T, V] under one prefix; a teacher's -inf means q = 0
    measure: "kl", KL(q || p), 0 at student = teacher; "ce", the cross-entropy of Word-KD, which is
    H(q) more and has the same gradient for the student but not for a gate
    Raises ShapeError if logits or mask differ in shape, RecipeError for another measure.
    """
    if measure not in ("kl", "ce"):
        raise RecipeError(f"measure is {measure!r}; expected 'kl' or 'ce'.")
    same_shape(student_logits, teacher_logits)
    student, teacher = real(student_logits, mask), real(teacher_logits.detach(), mask)  # [B, T, V]
    each = forward_kl(student, teacher)  # [B, T]
    if measure == "ce":
        each = each + torch.special.entr(teacher.softmax(-1)).sum(-1)
    return sentence_mean(each, mask)


def hard_token(student_logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """-log p of each sentence's target pieces [B], mean over them; nats per token."""
    log_p = real(student_logits, mask).log_softmax(-1)  # [B, T, V]
    return sentence_mean(-gold_log_prob(log_p, target, mask), mask)


def sentence_mean(per_token: Tensor, mask: Tensor) -> Tensor:
    """[B, T] to [B]: the mean over each sentence's real tokens, 0 where it has none.

    Unlike `masked_mean` a short sentence counts as much as a long one.
    """
    check_mask(mask, per_token.shape)
    return per_token.masked_fill(~mask, 0.0).sum(1) / mask.sum(1).clamp(min=1)
