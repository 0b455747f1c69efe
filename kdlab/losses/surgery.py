"""Soft-target surgery: take one property out of the teacher's distribution, teach the rest.

What a student no longer learns, when a property is gone, is what that property had taught it.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from kdlab.errors import RecipeError
from kdlab.losses.best_pieces import best_pieces
from kdlab.losses.reduce import check_target, gold_log_prob, masked_mean, real, same_shape
from kdlab.ranges import in_range, whole

KINDS = (
    "vanilla", "without_correlation", "without_top1", "top_k", "permuted_tail", "matched_smoothing",
)  # fmt: skip
PLACES = ("everywhere", "disagree", "agree")


def soft_target(q: Tensor, target: Tensor, mask: Tensor, kind: str, k: int = 5) -> Tensor:
    r"""The teacher's distribution q after the operation `kind`: r [B, T, V]; with a = arg-max q,

    "vanilla": q as it is
    "without_correlation": q_a at a, nothing elsewhere, so r sums to q_a (not renormalised: where
    the teacher is unsure, the position counts less)
    "without_top1": q_a moved from a to the gold piece; q itself where the two are one
    "top_k": the k best pieces with their q, nothing elsewhere, not renormalised
    "permuted_tail": q_a stays at a, all other pieces exchange their q; see `permuted_tail`
    "matched_smoothing": label smoothing around gold as unsure as q; see `matched_smoothing`

    q: [B, T, V] probabilities     target: [B, T] int, any id where masked     mask: [B, T] bool
    Raises RecipeError for another kind, or if k is above V.
    Source: Zhang et al. (2023), analysis of word-level KD, in its public code's exact form (whose
    gold term is label-smoothed; ours is plain); the last two are our design.

    >>> q = torch.tensor([[[2., 1., .5, 0., -1., -2.]]]).softmax(-1)
    >>> y, m = torch.tensor([[1]]), torch.tensor([[True]])
    >>> [f"{mass:.3f}" for mass in soft_target(q, y, m, "without_top1")[0, 0]]
    ['0.000', '0.762', '0.124', '0.075', '0.028', '0.010']
    """
    _one_of("kind", kind, KINDS)
    check_target(target, mask, q.shape[:-1])
    gold = target.masked_fill(~mask, 0)[..., None]  # [B, T, 1]; padding may hold -100
    if kind in ("without_correlation", "top_k"):
        best = best_pieces(q, k if kind == "top_k" else 1)
        return torch.zeros_like(q).scatter(-1, best, q.gather(-1, best))
    if kind == "without_top1":
        a = q.argmax(-1, keepdim=True)  # [B, T, 1]
        return q.scatter(-1, a, 0.0).scatter_add(-1, gold, q.gather(-1, a))
    if kind == "permuted_tail":
        return permuted_tail(q, _rotation(target, mask, q.size(-1)))
    return matched_smoothing(q, gold) if kind == "matched_smoothing" else q


def permuted_tail(q: Tensor, by: Tensor) -> Tensor:
    """Top-1 and entropy of q [B, T, V] kept; which other piece has which probability is not.

    The V - 1 pieces other than arg-max q stand in a ring, by id; each gets the probability of the
    one that is `by` [B, T] places further, so that none keeps its own (1 <= by <= V - 2).

    >>> permuted_tail(torch.tensor([[[.1, .6, .2, .1, 0.]]]), by=torch.tensor([[1]]))
    tensor([[[0.2000, 0.6000, 0.1000, 0.0000, 0.1000]]])
    """
    V, a = q.size(-1), q.argmax(-1, keepdim=True)  # [B, T, 1]
    piece = torch.arange(V, device=q.device)  # [V]
    place = piece - (piece > a).long()  # [B, T, V], in the ring; at a itself: not used
    place = (place + by[..., None]) % (V - 1)
    giver = (place + (place >= a).long()).scatter(-1, a, a)  # back to ids; a keeps its own
    return q.gather(-1, giver)


def matched_smoothing(q: Tensor, gold: Tensor) -> Tensor:
    r"""Gold $1-\epsilon$, every other piece $\epsilon/(V-1)$, at each position with q's entropy.

    No teacher is left in it but how unsure it was. $\epsilon$ is found by bisection: the entropy
    rises from 0 at $\epsilon=0$ to $\log V$ at $\epsilon=(V-1)/V$. q: [B, T, V]; gold: [B, T, 1].

    >>> q = torch.tensor([[[.7, .1, .1, .1]]])
    >>> matched_smoothing(q, torch.tensor([[[2]]]))
    tensor([[[0.1000, 0.1000, 0.7000, 0.1000]]])
    """
    V, wanted = q.size(-1), -torch.xlogy(q, q).sum(-1, keepdim=True)  # [B, T, 1]
    low, high = torch.zeros_like(wanted), torch.full_like(wanted, (V - 1) / V)
    for _ in range(50):  # halvings: past the last bit of a double
        epsilon = (low + high) / 2
        entropy = -torch.xlogy(1 - epsilon, 1 - epsilon) - torch.xlogy(epsilon, epsilon / (V - 1))
        less = entropy < wanted
        low, high = low.where(~less, epsilon), high.where(less, epsilon)
    epsilon = epsilon + 0 * wanted  # a teacher's nan stays one
    return (epsilon / (V - 1)).expand_as(q).scatter(-1, gold, 1 - epsilon)


def divergence(r: Tensor, log_p: Tensor, kind: str) -> Tensor:
    r"""How far the student is from a `soft_target` of this kind, [B, T] nats.

    $\sum_k r_k(\log r_k - \log p_k)$; where r is only a part of a distribution ("top_k",
    "without_correlation"), $-\sum_k r_k \log p_k$. "without_top1" has $\log(r_k + 10^{-6})$.
    The gradients are those of the cross-entropy in all cases. r, log_p: [B, T, V].
    Source: Zhang et al. (2023), public code.
    """
    cross = -(r * log_p).masked_fill(r == 0, 0.0).sum(-1)  # [B, T]; 0 log 0 = 0
    if kind in ("without_correlation", "top_k"):
        return cross
    if kind == "without_top1":
        return cross + (r * (r + 1e-6).log()).sum(-1)
    return cross + torch.xlogy(r, r).sum(-1)


@dataclass(frozen=True)
class Surgery:
    """Gold loss and KD from an operated soft target, mixed; nats per real target token.

    (1 - alpha) [-log p(y)] + alpha `divergence` where the teacher is listened to, and -log p(y)
    alone elsewhere (the second half is our design). A whole distribution keeps the position's
    weight at 1; of "without_correlation" and "top_k", which sum to less, it falls to that.
    kind: see `soft_target`     alpha: 0 to 1; 0.5     k: of "top_k"; 5
    where: "everywhere", "disagree" (the teacher's top-1 is not the gold piece) or "agree"
    Raises RecipeError for a value that is not one of these; when called, as `soft_target` does,
    and ShapeError if the two logits differ in shape.
    Source: Zhang et al. (2023); alpha and k from its public code.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> y, m = torch.tensor([[1]]), torch.tensor([[True]])
    >>> f"{Surgery('without_correlation', alpha=1.0)(student, teacher, y, m):.6f}"
    '0.965662'
    """

    kind: str = "vanilla"
    alpha: float = 0.5
    k: int = 5
    where: str = "everywhere"

    needs_teacher = True

    def __post_init__(self) -> None:
        in_range("alpha", self.alpha, 0, 1)
        whole("k", self.k, 1)
        _one_of("kind", self.kind, KINDS)
        _one_of("where", self.where, PLACES)

    def __call__(
        self, student_logits: Tensor, teacher_logits: Tensor, target: Tensor, mask: Tensor
    ) -> Tensor:
        """The loss; student_logits, teacher_logits: [B, T, V]; target, mask: [B, T]."""
        same_shape(student_logits, teacher_logits)
        q = teacher_logits.detach().softmax(-1)  # [B, T, V]
        log_p = real(student_logits, mask).log_softmax(-1)  # [B, T, V]
        soft = divergence(soft_target(q, target, mask, self.kind, self.k), log_p, self.kind)
        gold = -gold_log_prob(log_p, target, mask)  # [B, T]
        listened = self.alpha * _chosen(q, target, self.where)  # [B, T]
        return masked_mean((1 - listened) * gold + listened * soft, mask)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise RecipeError(f"{name} is {value!r}; expected one of {', '.join(known)}.")


def _chosen(q: Tensor, target: Tensor, where: str) -> Tensor:
    """1 where the teacher is listened to, else 0. q: [B, T, V], target: [B, T]."""
    agree = (q.argmax(-1) == target).to(q.dtype)
    return {"everywhere": torch.ones_like(agree), "disagree": 1 - agree, "agree": agree}[where]


def _rotation(target: Tensor, mask: Tensor, V: int) -> Tensor:
    """A number from 1 to V - 2 for each position [B, T], like drawn but always the same.

    It depends on the sentence's gold pieces and the position alone: not on the batch, the epoch or
    a generator, so that a repeated or resumed training meets the same permutations. Nor can a
    student foresee it from the prefix, which would let it learn the tail under other names.
    """
    place = torch.arange(1, target.size(1) + 1, device=target.device)  # [T]
    pieces = (target + 1).masked_fill(~mask, 0)  # [B, T]
    sentence = (pieces * (2 * place + 1)).sum(1, keepdim=True) % 2**31  # [B, 1]
    scattered = (sentence + 7919 * place) * 2_654_435_761 % 2**32  # Knuth's multiplicative hashing
    return 1 + scattered * (V - 2) // 2**32
