"""Chapter 16's exercises: keys are what the library says, and mistakes are told apart."""

import torch

from kdlab.checks import exercise
from kdlab.losses.ranking import hierarchical_ranking

P = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double).softmax(-1)
Q = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double).softmax(-1)


def test_the_key_of_the_pairs_is_the_losss():
    top1, within = hierarchical_ranking(P, Q, 2)
    assert exercise("ch16-pairs").judge({"top1": top1.item(), "set": within.item()}).ok


def test_a_solution_from_the_formula_is_right():
    def solution(p, q, k):
        hers, mine = q.topk(k).indices, p.topk(k).indices
        p_u, q_u = p.gather(-1, hers), q.gather(-1, hers)
        p_v, q_v = p.gather(-1, mine), q.gather(-1, mine)
        gap = (p_v[..., None, :] - p_u[..., None]).relu()
        pairs = gap * (q_u[..., None] > q_v[..., None, :])
        return (p_u - p_u[..., :1]).relu().sum(-1) + pairs.sum((-2, -1))

    assert exercise("ch16-ranking").judge(solution).ok


def test_decoding_in_place_of_guessing_is_named():
    said = dict(zip("12345", ("I", "have", "tried", "it", "before"), strict=True))
    assert "decoding would write" in exercise("ch16-passes").judge(said).says
