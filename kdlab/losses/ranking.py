"""Hierarchical ranking: besides the teacher's distribution, the order of its best pieces."""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from kdlab.losses.best_pieces import best_pieces
from kdlab.losses.reduce import gold_log_prob, masked_mean, real, same_shape
from kdlab.ranges import in_range, whole


def ranking_kd(
    student_logits: Tensor,
    teacher_logits: Tensor,
    target: Tensor,
    mask: Tensor,
    *,
    alpha: float = 0.5,
    k: int = 5,
) -> Tensor:
    r"""Gold loss mixed with KL to the teacher plus two ranking parts, per real target token.

    $(1-\alpha)\,[-\log p(y)] + \alpha\,[\mathrm{KL}(q\|p) + \ell_{top1} + \ell_{set}]$, mean over
    the mask; the parts are `hierarchical_ranking`'s. KL in nats, ranking in probability, weight 1
    each as in the paper's public code, which smooths the gold term and adds 1e-6 inside both logs
    of KL; here they are plain, as in `word_kd`, so that the two differ by the ranking alone.
    0 at alpha=1, student = teacher.

    student_logits, teacher_logits: [B, T, V] float, both under the same target prefix; a teacher's
    -inf means q = 0     target: [B, T] int, any id where masked     mask: [B, T] bool, True = real
    Raises ShapeError if the two logits differ in shape, RecipeError unless 0 <= alpha <= 1 and
    1 <= k <= V.
    Source: Zhang et al. (2023), hierarchical ranking loss; alpha 0.5, k 5 from its public code.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> y, m = torch.tensor([[1]]), torch.tensor([[True]])
    >>> f"{ranking_kd(student, teacher, y, m, alpha=1.0, k=2):.4f}"  # KL 0.4045, ranking 0.6075
    '1.0121'
    """
    same_shape(student_logits, teacher_logits)
    in_range("alpha", alpha, 0, 1)
    q = teacher_logits.detach().softmax(-1)  # [B, T, V]
    log_p = real(student_logits, mask).log_softmax(-1)  # [B, T, V]
    cross = (q * log_p).masked_fill(q == 0, 0.0)  # [B, T, V]; 0 log 0 = 0
    divergence = (torch.xlogy(q, q) - cross).sum(-1)  # [B, T]
    top1, within = hierarchical_ranking(log_p.exp(), q, k)  # [B, T]
    gold = -gold_log_prob(log_p, target, mask)  # [B, T]
    return masked_mean((1 - alpha) * gold + alpha * (divergence + top1 + within), mask)


def hierarchical_ranking(p: Tensor, q: Tensor, k: int) -> tuple[Tensor, Tensor]:
    r"""How far the student ranks against the teacher: the top-1 part and the set part, [B, T] each.

    With $T_k$ the teacher's k best pieces, $t_1$ its best, and $S_k$ the student's k best:
    $\ell_{top1} = \sum_{u \in T_k} \max(0, p_u - p_{t_1})$: what p puts above the teacher's best;
    $\ell_{set} = \sum_{u \in T_k} \sum_{v \in S_k} [q_u > q_v] \max(0, p_v - p_u)$: every pair in
    the wrong order. Probabilities, no margin; both 0 where p ranks as q does.

    p, q: [B, T, V] probabilities; a piece with q = 0 has no rank and is never in $T_k$
    Raises RecipeError unless 1 <= k <= V.
    Source: Zhang et al. (2023), section on the hierarchical ranking loss, as in its public code.

    >>> p = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]]).softmax(-1)
    >>> q = torch.tensor([[[2., 1., .5, 0., -1., -2.]]]).softmax(-1)
    >>> [f"{part.item():.6f}" for part in hierarchical_ranking(p, q, k=3)]
    ['0.303764', '0.327503']
    """
    hers, mine = best_pieces(q, k), best_pieces(p, k)  # [B, T, k] each
    p_u, q_u = p.gather(-1, hers), q.gather(-1, hers)  # [B, T, k], u in T_k
    p_v, q_v = p.gather(-1, mine), q.gather(-1, mine)  # [B, T, k], v in S_k
    above = (p_u - p_u[..., :1]).relu()  # [B, T, k]
    # Among pieces with q = 0 "the k best" would be an accident of their order.
    top1 = above.masked_fill(q_u == 0, 0.0).sum(-1)  # [B, T]
    gap = (p_v[..., None, :] - p_u[..., :, None]).relu()  # [B, T, u, v]
    ordered = q_u[..., :, None] > q_v[..., None, :]  # [B, T, u, v]
    return top1, (gap * ordered).sum((-2, -1))


@dataclass(frozen=True)
class RankingKD:
    """Gold loss and the order of the teacher's best pieces, not their probabilities.

    The numbers of `ranking_kd`. Raises RecipeError if they are out of range.
    alpha: weight of the teacher's terms, 0 to 1; 0.5     k: pieces whose order counts, 5
    Source: Zhang et al. (2023), both from its public code.
    """

    alpha: float = 0.5
    k: int = 5

    needs_teacher = True

    def __post_init__(self) -> None:
        in_range("alpha", self.alpha, 0, 1)
        whole("k", self.k, 1)

    def __call__(
        self, student_logits: Tensor, teacher_logits: Tensor, target: Tensor, mask: Tensor
    ) -> Tensor:
        """See `ranking_kd`."""
        return ranking_kd(student_logits, teacher_logits, target, mask, **asdict(self))
