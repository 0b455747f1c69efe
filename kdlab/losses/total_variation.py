"""Total variation: the probability on which student and teacher differ."""

from torch import Tensor

from kdlab.losses.forward_kl import log_probs


def total_variation(student_logits: Tensor, teacher_logits: Tensor) -> Tensor:
    r"""$\tfrac12\sum_k|p_k-q_k|$ at each position, [B, T], from 0 to 1, no unit.

    One less this is the share of a student's sampled pieces that its teacher would accept if the
    student drafted for it in speculative decoding (Leviathan et al., 2023, as recalled; check the
    paper): any student can be scored as a drafter.
    student_logits, teacher_logits: [B, T, V] float; a teacher's -inf means q = 0
    Raises ShapeError if the two differ in shape.
    Source: Wen et al. (2023), f-DISTILL; theirs sums halves over two prefixes.

    >>> import torch
    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> f"{total_variation(student, teacher).item():.6f}"
    '0.397611'
    """
    log_p, log_q = log_probs(student_logits, teacher_logits)  # [B, T, V]
    return 0.5 * (log_p.exp() - log_q.exp()).abs().sum(-1)
