"""Chapter 14's exercises: the key is the library's vote, and mistakes are told apart."""

import torch

from kdlab.checks import exercise
from kdlab.losses import knn_target

DISTANCES = torch.tensor([10.0, 12, 20, 30, 45], dtype=torch.double)
WORDS = ("before", "already", "once")
TOKENS = torch.tensor([0, 1, 0, 2, 0])


def voted(distances: torch.Tensor, temperature: float = 5) -> dict[str, float]:
    every = knn_target(TOKENS, distances, 3, temperature).tolist()
    two = knn_target(TOKENS[:2], distances[:2], 3, temperature).tolist()
    nearest = {f"{word}, k = 2": p for word, p in zip(WORDS[:2], two, strict=False)}
    return dict(zip(WORDS, every, strict=True)) | nearest


def test_the_key_of_the_vote_is_the_librarys():
    assert exercise("ch14-vote").judge(voted(DISTANCES)).ok


def test_roots_and_the_old_temperature_are_named():
    assert "the root" in exercise("ch14-vote").judge(voted(DISTANCES.sqrt())).says
    assert "τ = 20" in exercise("ch14-vote").judge(voted(DISTANCES, 20)).says


def test_the_shown_solution_is_right_and_a_lost_vote_is_named():
    def solution(tokens, distances, V, tau):
        weight = (-distances / tau).softmax(-1)
        return weight.new_zeros(len(tokens), V).scatter_add(-1, tokens, weight)

    def lost(tokens, distances, V, tau):
        weight = (-distances / tau).softmax(-1)
        return weight.new_zeros(len(tokens), V).scatter(-1, tokens, weight)

    assert exercise("ch14-target").judge(solution).ok
    assert "only the last counts" in exercise("ch14-target").judge(lost).says
