"""Top-1 agreement: how often student and teacher would say the same next piece."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdlab.batching import Batch, Encoded, by_length
from kdlab.losses.proper import proper
from kdlab.losses.reduce import check_target, same_shape
from kdlab.models.evaluating import evaluating


@dataclass(frozen=True)
class Agreement:
    """Shares of real target pieces (gold prefix for both models, eos counted), 0 to 1.

    overall: arg-max p = arg-max q     disagree: the same, where arg-max q is not the gold piece;
    nan if there is no such place     teacher_is_gold: arg-max q = y
    Source: Zhang et al. (2023), TA; the part on disagreements is ours.
    """

    overall: float
    disagree: float
    teacher_is_gold: float


def top1_agreement(
    student_logits: Tensor, teacher_logits: Tensor, target: Tensor, mask: Tensor
) -> Agreement:
    """Agreement over one batch. logits: [B, T, V]; target, mask: [B, T].

    Of equally likely pieces the lowest id is said. Raises ShapeError if logits, target or mask
    differ in shape, RecipeError where the logits are nan or inf.
    """
    same_shape(student_logits, teacher_logits)
    return _shares(_counts(student_logits, teacher_logits, target, mask).sum(0))


def agreement_on(
    student: nn.Module, teacher: nn.Module, data: Encoded, batch_tokens: int = 4000
) -> Agreement:
    """Agreement over a data set."""
    return _shares(agreement_counts(student, teacher, data, batch_tokens).sum(0))


def agreement_counts(
    student: nn.Module, teacher: nn.Module, data: Encoded, batch_tokens: int = 4000
) -> Tensor:
    """What agreement adds up, sentence by sentence; [n, 4].

    Real pieces, those with the same top-1, those where the teacher's is not gold, both of these.
    """
    counts = torch.zeros(len(data), 4, dtype=torch.long)
    for rows in by_length([len(t) for t in data.target], batch_tokens):
        batch = data.batch(rows)
        logits = _logits(student, batch), _logits(teacher, batch)
        counts[rows] = _counts(*logits, batch.target, batch.mask)
    return counts


def _logits(model: nn.Module, batch: Batch) -> Tensor:
    """[B, T, V] on the CPU, wherever the model is: student and teacher may be in two places."""
    with evaluating(model) as device:
        there = batch.to(device)
        return model(there.source, there.source_mask, there.prefix).cpu()


def _counts(student: Tensor, teacher: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """[B, 4], see `agreement_counts`."""
    check_target(target, mask, student.shape[:-1])
    proper("student", student, mask)  # the arg-max of nan is a piece like any other
    proper("teacher", teacher, mask)
    p, q = student.argmax(-1), teacher.argmax(-1)  # [B, T]
    same, differs = (p == q) & mask, (q != target) & mask
    return torch.stack([mask.sum(1), same.sum(1), differs.sum(1), (same & differs).sum(1)], 1)


def _shares(counts: Tensor) -> Agreement:
    real, same, differs, both = counts.tolist()
    nan = float("nan")
    return Agreement(
        same / real if real else nan,
        both / differs if differs else nan,
        1 - differs / real if real else nan,
    )
