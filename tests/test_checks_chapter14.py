"""Chapter 14's exercises: the vote is the library's, and its mistakes have their names."""

import math

import torch

from kdlab.checks import exercise


def test_a_vote_by_softmax_and_sum_passes():
    def vote(tokens, distances, V, tau):
        weights = (-distances / tau).softmax(-1)
        return weights.new_zeros(len(tokens), V).scatter_add(-1, tokens, weights)

    assert exercise("ch14-knn-target").judge(vote).ok


def test_pieces_that_overwrite_each_other_are_named():
    def vote(tokens, distances, V, tau):
        p = torch.zeros(len(tokens), V, dtype=torch.double)
        weights = (-distances / tau).softmax(-1)
        for j in range(tokens.shape[1]):
            p[torch.arange(len(tokens)), tokens[:, j]] = weights[:, j]
        return p

    assert "do not add up" in exercise("ch14-knn-target").judge(vote).says


def test_the_keys_of_the_vote_and_of_its_mistake():
    def he(tau, near=10.0):
        weight = math.exp(-near / tau)
        return round((1 + weight) / (1 + 2 * weight), 3)

    assert exercise("ch14-vote").judge({"10": he(10), "100": he(100)}).ok
    root = {"10": he(10, math.sqrt(10)), "100": he(100, math.sqrt(10))}
    assert "squared already" in exercise("ch14-vote").judge(root).says
