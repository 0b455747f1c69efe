"""Negative log-likelihood: learn the one target that is given."""

from dataclasses import dataclass

from torch import Tensor

from kdlab.losses.reduce import gold_log_prob, masked_mean


def nll(student_logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    r"""$-\log p(y_j \mid s, y_{<j})$, mean over real tokens, in nats.

    student_logits: [B, T, V] float     target: [B, T] int     mask: [B, T] bool, True = real token
    Returns a scalar >= 0; 0 for an empty mask.
    Source: Kim & Rush (2016), section 2.

    >>> import torch
    >>> logits = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> f"{nll(logits, torch.tensor([[1]]), torch.tensor([[True]])):.6f}"
    '0.732830'
    """
    return masked_mean(-gold_log_prob(student_logits.log_softmax(-1), target, mask), mask)


@dataclass(frozen=True)
class NLL:
    """Likelihood alone: learn the one target that is given; `nll` as a recipe carries it.

    Source: Kim & Rush (2016), section 2.
    """

    def __call__(self, student_logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        """See `nll`."""
        return nll(student_logits, target, mask)
