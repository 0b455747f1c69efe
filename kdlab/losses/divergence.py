"""How far the student's distribution p is from the teacher's q, by four measures, piece by piece.

Forward KL asks p to cover all that q says; reverse KL asks p to say nothing that q would not;
generalised Jensen-Shannon lies between; total variation is the mass on which they differ.
"""

from dataclasses import dataclass
from math import log

import torch
from torch import Tensor

from kdlab.errors import RecipeError
from kdlab.losses.nll import nll
from kdlab.losses.reduce import in_range, masked_mean, same_shape

KINDS = ("forward_kl", "reverse_kl", "jensen_shannon", "total_variation")


def forward_kl(student_logits: Tensor, teacher_logits: Tensor) -> Tensor:
    r"""$\mathrm{KL}(q\|p)=\sum_k q_k(\log q_k-\log p_k)$ at each position, [B, T], nats.

    student_logits, teacher_logits: [B, T, V] float; a teacher's -inf means q = 0 and adds nothing
    Returns >= 0, and 0 at student = teacher; the gradient is that of word_kd at alpha = 1.
    Raises ShapeError if the two differ in shape.
    Source: Kim & Rush (2016), section 3.1, less the teacher's entropy.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> f"{forward_kl(student, teacher).item():.6f}"
    '0.404549'
    """
    log_p, log_q = _log_probs(student_logits, teacher_logits)  # [B, T, V]
    q = log_q.exp()
    return (torch.xlogy(q, q) - q * log_p).sum(-1)  # xlogy: 0 log 0 = 0


def reverse_kl(student_logits: Tensor, teacher_logits: Tensor, floor: float = 0.0) -> Tensor:
    r"""$\mathrm{KL}(p\|q)=\sum_k p_k(\log p_k-\log q_k)$ at each position, [B, T], nats.

    student_logits, teacher_logits: [B, T, V] float
    floor: q is taken to be at least this. With 0 the value is the true one, inf wherever the
    teacher rules out (-inf) a piece that the student may say, which a softmax always may. A small
    floor asks at most -log(floor) nats for a student's whole mass gone wrong. What it changes:
    max(q, floor) sums to 1 and less than V floor more, so the least value is no further below 0.
    Raises ShapeError if the two differ in shape.
    Source: Gu et al. (2024), MiniLLM, at one position under a given prefix; they sample the
    student's sentences and use the policy gradient. The floor is our design.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> f"{reverse_kl(student, teacher).item():.6f}"
    '0.371509'
    """
    log_p, log_q = _log_probs(student_logits, teacher_logits)  # [B, T, V]
    if floor > 0:
        log_q = log_q.clamp(min=log(floor))
    p = log_p.exp()
    ratio = (log_p - log_q).masked_fill(p == 0, 0.0)  # p may underflow, and 0 * inf would be nan
    return (p * ratio).sum(-1)


def jensen_shannon(
    student_logits: Tensor, teacher_logits: Tensor, beta: float = 0.5, floor: float = 0.0
) -> Tensor:
    r"""Generalised Jensen-Shannon divergence at each position, [B, T], nats.

    $\beta\,\mathrm{KL}(q\|m)+(1-\beta)\,\mathrm{KL}(p\|m)$ with $m=\beta q+(1-\beta)p$: beta is the
    teacher's weight in the mixture. >= 0, at most the entropy of (beta, 1 - beta), so log 2; always
    finite, also where q = 0. As beta nears 0 (or 1) it is beta times forward KL (1 - beta times
    reverse KL): it vanishes at both ends. There, as implementations do, the KL itself is returned,
    which is a jump: at beta = 0.01 the loss is about a hundred times smaller than at 0.
    student_logits, teacher_logits: [B, T, V] float; a teacher's -inf means q = 0
    floor: see `reverse_kl`; read at beta = 1 only
    Raises ShapeError if the two differ in shape.
    Source: Agarwal et al. (2024), GKD, section 2; the ends as recalled; check the paper.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> [f"{jensen_shannon(student, teacher, beta).item():.6f}" for beta in (0.1, 0.5, 0.9)]
    ['0.035467', '0.092828', '0.033212']
    """
    if beta == 0:
        return forward_kl(student_logits, teacher_logits)
    if beta == 1:
        return reverse_kl(student_logits, teacher_logits, floor)
    log_p, log_q = _log_probs(student_logits, teacher_logits)  # [B, T, V]
    log_m = torch.logaddexp(log_q + log(beta), log_p + log(1 - beta))  # [B, T, V], finite
    q = log_q.exp()
    teachers = (torch.xlogy(q, q) - q * log_m).sum(-1)  # [B, T]
    students = (log_p.exp() * (log_p - log_m)).sum(-1)  # [B, T]
    return beta * teachers + (1 - beta) * students


def total_variation(student_logits: Tensor, teacher_logits: Tensor) -> Tensor:
    r"""$\tfrac12\sum_k|p_k-q_k|$ at each position, [B, T], from 0 to 1, no unit.

    One less this is the share of a student's sampled pieces that its teacher would accept if the
    student drafted for it in speculative decoding (Leviathan et al., 2023, as recalled; check the
    paper): any student can be scored as a drafter.
    student_logits, teacher_logits: [B, T, V] float; a teacher's -inf means q = 0
    Raises ShapeError if the two differ in shape.
    Source: Wen et al. (2023), f-DISTILL; theirs sums halves over two prefixes.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> f"{total_variation(student, teacher).item():.6f}"
    '0.397611'
    """
    log_p, log_q = _log_probs(student_logits, teacher_logits)  # [B, T, V]
    return 0.5 * (log_p.exp() - log_q.exp()).abs().sum(-1)


def _log_probs(student_logits: Tensor, teacher_logits: Tensor) -> tuple[Tensor, Tensor]:
    """log p and log q, both [B, T, V]; no gradient to the teacher."""
    same_shape(student_logits, teacher_logits)
    return student_logits.log_softmax(-1), teacher_logits.detach().log_softmax(-1)


@dataclass(frozen=True)
class Divergence:
    """Gold loss and a divergence from the teacher, mixed as in WordKD; nats per real target token.

    (1 - alpha) NLL + alpha D, mean over real tokens (total variation has no unit).
    kind: "forward_kl", "reverse_kl", "jensen_shannon" or "total_variation"
    beta: the teacher's weight in Jensen-Shannon's mixture, 0 to 1; 0 and 1 are the two KLs. 0.5 is
    a public implementation's default; the best value depends on the task (Agarwal et al., 2024)
    alpha: weight of the divergence, 0 to 1; 0.5 as in WordKD (our design)
    floor: least q in reverse KL (our design). 1e-9 keeps a teacher that rules pieces out finite, at
    most 21 nats, and is below what a trained teacher says of nearly every piece; 0 for the true
    value, which is inf with the exact teacher
    """

    kind: str
    beta: float = 0.5
    alpha: float = 0.5
    floor: float = 1e-9

    needs_teacher = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RecipeError(f"kind is {self.kind!r}; expected one of {', '.join(KINDS)}.")
        in_range("beta", self.beta, 0, 1)
        in_range("alpha", self.alpha, 0, 1)
        in_range("floor", self.floor, 0, 1)

    def __call__(
        self, student_logits: Tensor, teacher_logits: Tensor, target: Tensor, mask: Tensor
    ) -> Tensor:
        """The mixed loss. student_logits, teacher_logits: [B, T, V]; target, mask: [B, T]."""
        apart = self.apart(student_logits, teacher_logits, mask)
        gold = nll(_real(student_logits, mask), target, mask)
        return (1 - self.alpha) * gold + self.alpha * apart

    def apart(self, student_logits: Tensor, teacher_logits: Tensor, mask: Tensor) -> Tensor:
        """The divergence alone, mean over real tokens: for prefixes that have no gold piece."""
        same_shape(student_logits, teacher_logits)
        each = self._each(_real(student_logits, mask), _real(teacher_logits, mask))
        return masked_mean(each, mask)

    def _each(self, student: Tensor, teacher: Tensor) -> Tensor:
        """[B, T]."""
        if self.kind == "forward_kl":
            return forward_kl(student, teacher)
        if self.kind == "reverse_kl":
            return reverse_kl(student, teacher, self.floor)
        if self.kind == "jensen_shannon":
            return jensen_shannon(student, teacher, self.beta, self.floor)
        return total_variation(student, teacher)


def _real(logits: Tensor, mask: Tensor) -> Tensor:
    """Logits [B, T, V] with zeros under padding, where an inf or nan would spoil the gradient."""
    return logits.masked_fill(~mask[..., None], 0.0)
