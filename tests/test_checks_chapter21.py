"""Chapter 21's exercises: the key is what the library says, and each wrong answer is told apart."""

import torch

from kdlab.checks import exercise
from kdlab.losses import forward_kl, jensen_shannon, reverse_kl, total_variation

ZS = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
ZT = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)


def test_the_key_of_the_four_distances_is_the_librarys_own():
    far = {"forward": forward_kl, "reverse": reverse_kl, "JSD": jensen_shannon}
    said = {name: loss(ZS, ZT).item() for name, loss in far.items()}
    assert exercise("ch21-four").judge(said | {"TV": total_variation(ZS, ZT).item()}).ok


def test_a_solution_from_the_formula_is_right():
    def solution(zs, zt, beta):
        p, q = zs.softmax(-1), zt.softmax(-1)
        m = beta * q + (1 - beta) * p
        return (beta * q * (q / m).log() + (1 - beta) * p * (p / m).log()).sum(-1)

    assert exercise("ch21-gjsd").judge(solution).ok


def test_a_mixture_the_other_way_round_is_named():
    def wrong(zs, zt, beta):
        p, q = zs.softmax(-1), zt.softmax(-1)
        m = (1 - beta) * q + beta * p
        return (beta * q * (q / m).log() + (1 - beta) * p * (p / m).log()).sum(-1)

    assert "on the student in the mixture" in exercise("ch21-gjsd").judge(wrong).says


def test_forward_covers_and_reverse_picks():
    choice = exercise("ch21-one-peak")
    assert choice.right == "b" and "left out" in choice.replies["b"]


def test_texts_name_what_they_lack():
    whole = exercise("ch21-fit").judge("0.2, 0.5 and 0.8: a deep valley and a low second peak")
    assert "saved" in whole.says and whole.ok is None
    assert "valley" in exercise("ch21-fit").judge("reverse KL is better").says
