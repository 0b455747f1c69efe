"""Chapter 5's exercises: the key is what the library's loss says, and odd answers are told so."""

import pytest
import torch

from kdlab.checks import chapter05 as five
from kdlab.checks import exercise
from kdlab.losses import nll, word_kd

ZS = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
ZT = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)
GOLD, REAL = torch.tensor([[1]]), torch.tensor([[True]])


def test_the_key_of_the_three_numbers_is_the_losss_own():
    cross = word_kd(ZS, ZT, GOLD, REAL, alpha=1.0).item()
    entropy = word_kd(ZT, ZT, GOLD, REAL, alpha=1.0).item()
    assert (
        exercise("ch05-three-numbers").judge({"CE": cross, "H": entropy, "KL": cross - entropy}).ok
    )


def test_a_solution_from_the_formula_is_right():
    def solution(zs, zt, y, m, alpha, tau):
        soft = -((zt.detach() / tau).softmax(-1) * (zs / tau).log_softmax(-1)).sum(-1)
        mean = soft[m].sum() / m.sum()
        return (1 - alpha) * nll(zs, y, m) + alpha * tau**2 * mean

    assert exercise("ch05-word-kd").judge(solution).ok


def test_a_loss_that_is_no_tensor_is_told_what_is_expected():
    says = exercise("ch05-word-kd").judge(lambda *case: 1.0).says
    assert "TypeError: expected one number, as a tensor with a gradient" in says


def test_one_number_for_each_position_is_refused():
    assert "a mean over pieces" in exercise("ch05-word-kd").judge(lambda zs, *_: zs.sum(-1)).says


def test_an_unknown_mistake_shows_both_losses():
    case = exercise("ch05-word-kd").judge(lambda zs, *_: zs.sum() * 0).case
    assert "it gives  {loss: 0," in case and "expected  {loss: " in case


def test_a_stub_is_still_to_do():
    def stub(*case):
        raise NotImplementedError

    assert "to do" in exercise("ch05-word-kd").judge(stub).says


def test_something_that_is_no_function_is_refused():
    assert "got float" in exercise("ch05-word-kd").judge(1.5).says


@pytest.mark.parametrize("alpha", [0.2, 0.5])
def test_what_is_compared_holds_the_teachers_gradient(alpha):
    seen = five._seen(five._attached)(ZS, ZT, GOLD, REAL, alpha, 1.0)
    right = five._seen(five._reference)(ZS, ZT, GOLD, REAL, alpha, 1.0)
    assert seen["teacher's gradient"].any() and right["teacher's gradient"] is None
