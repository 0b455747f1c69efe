"""Nearest-neighbour distillation: learn what followed in the most similar training contexts."""

import torch
from torch import Tensor

from kdlab.errors import ShapeError
from kdlab.losses.reduce import gold_log_prob, masked_mean, real
from kdlab.ranges import not_negative, positive


def knn_target(tokens: Tensor, distances: Tensor, V: int, temperature: float) -> Tensor:
    r"""The distribution $p_{kNN}(w) \propto \sum_{i: v_i = w} e^{-d_i / \tau}$ of k neighbours.

    Neighbours that agree on a piece add up; a piece that none of them has gets 0.
    tokens: [..., k] int, the piece v_i that followed each neighbour's context
    distances: [..., k] float, squared L2, no root taken; inf = no neighbour, at least one is finite
    temperature: tau > 0, in the unit of the distances, which grow with the keys' width
    Returns [..., V] float, each row sums to 1.
    Raises RecipeError if the temperature is not above 0, ShapeError if the two shapes differ.
    Source: Khandelwal et al. (2021), section 2, as recalled; check the paper.

    >>> tokens, distances = torch.tensor([1, 0, 0, 3]), torch.tensor([0.0, 40, 55, 90])
    >>> [f"{p:.6f}" for p in knn_target(tokens, distances, 6, temperature=10.0)]
    ['0.021909', '0.977970', '0.000000', '0.000121', '0.000000', '0.000000']
    """
    positive("temperature", temperature)
    if tokens.shape != distances.shape:
        raise ShapeError(
            f"tokens are {list(tokens.shape)} but distances {list(distances.shape)}; expected one "
            "of each for every neighbour, [..., k]."
        )
    weight = (-distances / temperature).softmax(-1)  # [..., k]
    p_knn = weight.new_zeros(*weight.shape[:-1], V)
    return p_knn.scatter_add(-1, tokens.long(), weight)  # add: two neighbours may say one piece


def knn_kd(
    student_logits: Tensor, p_knn: Tensor, target: Tensor, mask: Tensor, *, weight: float = 1.0
) -> Tensor:
    r"""Gold loss plus the divergence from the neighbours' distribution; nats per real target token.

    $-\log p(y) + \eta\,\mathrm{KL}(p_{kNN} \,\|\, p)$, mean over mask; at $p = p_{kNN}$ the second
    term is 0. No gradient reaches p_kNN. This sum is the published code's, but
    for its label-smoothed gold term; the paper's mix, as
    recalled (check the paper), is $(1-\alpha)$ and $\alpha$: the same ratio at $\eta = \alpha /
    (1-\alpha)$.

    student_logits: [B, T, V] float     p_knn: [B, T, V] float, see `knn_target`
    target: [B, T] int, any id where masked     mask: [B, T] bool, True = real
    weight: eta >= 0, 1 in the published code
    Returns a scalar >= 0; 0 for an empty mask. Raises ShapeError if the first two shapes differ,
    RecipeError if the weight is below 0.
    Source: Yang et al. (2022), with the loss of their code.

    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> tokens, distances = torch.tensor([[[1, 0, 0, 3]]]), torch.tensor([[[0.0, 40, 55, 90]]])
    >>> near = knn_target(tokens, distances, 6, temperature=10.0)
    >>> f"{knn_kd(student, near, torch.tensor([[1]]), torch.tensor([[True]])):.6f}"
    '1.381141'
    """
    if student_logits.shape != p_knn.shape:
        raise ShapeError(
            f"p_knn is {list(p_knn.shape)}; expected {list(student_logits.shape)} like the "
            "student's logits: store and student need one target vocabulary and one prefix."
        )
    not_negative("weight", weight)
    q = real(p_knn.detach(), mask)  # [B, T, V]
    log_p = student_logits.log_softmax(-1)  # [B, T, V]
    cross = (q * log_p).masked_fill(q == 0, 0.0)  # [B, T, V]; 0 log 0 = 0
    divergence = (torch.xlogy(q, q) - cross).sum(-1)  # [B, T]
    return masked_mean(-gold_log_prob(log_p, target, mask) + weight * divergence, mask)
