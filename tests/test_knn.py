"""Nearest-neighbour targets and their loss: the reference's numbers, properties, refusals."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kdlab.errors import RecipeError, ShapeError
from kdlab.losses import knn_kd, knn_target, nll

STUDENT = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
GOLD, REAL = torch.tensor([[1]]), torch.tensor([[True]])
TOKENS = torch.tensor([[[1, 0, 0, 3]]])
DISTANCES = torch.tensor([[[0.0, 40.0, 55.0, 90.0]]], dtype=torch.double)

VECTORS = {  # temperature: p_kNN, KL(p_kNN || p)
    10.0: ([0.021909, 0.977970, 0, 0.000121, 0, 0], 0.648311),
    100.0: ([0.469987, 0.376813, 0, 0.153201, 0, 0], 0.391937),
}
every_vector = pytest.mark.parametrize("temperature", VECTORS)


def some(seed: int, V: int = 5, k: int = 4) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Student logits, p_kNN, targets and a mask with at least one real token, for [2, 3]."""
    draw = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, 3, V, generator=draw, dtype=torch.double)
    tokens, target = (torch.randint(V, shape, generator=draw) for shape in ((2, 3, k), (2, 3)))
    distances = 9 * torch.rand(2, 3, k, generator=draw, dtype=torch.double)
    mask = torch.rand(2, 3, generator=draw) < 0.6
    mask[0, 0] = True
    return logits, knn_target(tokens, distances, V, 3.0), target, mask


@every_vector
def test_the_references_target_comes_out(temperature: float) -> None:
    found = knn_target(TOKENS, DISTANCES, 6, temperature)[0, 0].tolist()
    assert found == pytest.approx(VECTORS[temperature][0], abs=1e-6)


@every_vector
def test_the_references_divergence_comes_out(temperature: float) -> None:
    near = knn_target(TOKENS, DISTANCES, 6, temperature)
    divergence = knn_kd(STUDENT, near, GOLD, REAL) - nll(STUDENT, GOLD, REAL)
    assert divergence.item() == pytest.approx(VECTORS[temperature][1], abs=1e-6)


@given(seed=st.integers(0, 10**6), temperature=st.floats(0.01, 1000))
@settings(max_examples=40, deadline=None)
def test_a_target_sums_to_one_and_is_zero_where_no_neighbour_is(
    seed: int, temperature: float
) -> None:
    draw = torch.Generator().manual_seed(seed)
    tokens = torch.randint(7, (3, 5), generator=draw)
    distances = 100 * torch.rand(3, 5, generator=draw, dtype=torch.double)
    target = knn_target(tokens, distances, 7, temperature)
    assert torch.allclose(target.sum(-1), torch.ones(3, dtype=torch.double))
    elsewhere = torch.ones(3, 7, dtype=torch.bool).scatter(1, tokens, False)
    assert not target[elsewhere].any()


def test_neighbours_that_agree_add_up() -> None:
    all_agree = knn_target(torch.full((4,), 2), torch.tensor([0.0, 1, 5, 9]), 3, 1.0)
    assert all_agree.tolist() == pytest.approx([0, 0, 1])


@pytest.mark.parametrize("far", [float("inf"), 1e30])
def test_an_absent_neighbour_weighs_nothing(far: float) -> None:
    distances = torch.tensor([1.0, 2.0, far])
    with_it = knn_target(torch.tensor([0, 1, 2]), distances, 3, 10.0)
    without = knn_target(torch.tensor([0, 1]), distances[:2], 3, 10.0)
    assert torch.equal(with_it, without)


def test_distances_far_from_zero_keep_their_differences() -> None:
    near, far = (knn_target(TOKENS, DISTANCES + shift, 6, 10.0) for shift in (0.0, 1e6))
    assert torch.allclose(near, far)


def test_a_large_temperature_counts_and_a_small_one_takes_the_nearest() -> None:
    counted, nearest = (knn_target(TOKENS, DISTANCES, 6, t)[0, 0] for t in (1e6, 1e-3))
    assert counted.tolist() == pytest.approx([0.5, 0.25, 0, 0.25, 0, 0], abs=1e-4)
    assert nearest.tolist() == [0, 1, 0, 0, 0, 0]


@given(seed=st.integers(0, 10**6), weight=st.floats(0.1, 5))
@settings(max_examples=40, deadline=None)
def test_the_neighbours_term_is_a_divergence_times_its_weight(seed: int, weight: float) -> None:
    logits, near, y, m = some(seed)
    gold = nll(logits, y, m)
    one, many = (knn_kd(logits, near, y, m, weight=w) - gold for w in (1.0, weight))
    assert one >= -1e-9
    assert many.item() == pytest.approx(weight * one.item(), abs=1e-9)


def test_a_student_that_says_what_the_neighbours_say_pays_only_for_gold() -> None:
    logits, _, y, m = some(4)
    both, gold = knn_kd(logits, logits.softmax(-1), y, m), nll(logits, y, m)
    assert both.item() == pytest.approx(gold.item())


def test_the_gradient_is_the_derivative() -> None:
    logits, near, y, m = some(7)
    assert torch.autograd.gradcheck(lambda x: knn_kd(x, near, y, m), logits.requires_grad_())


def test_no_gradient_reaches_the_neighbours() -> None:
    logits, near, y, m = some(7)
    knn_kd(logits.requires_grad_(), near.requires_grad_(), y, m).backward()
    assert near.grad is None


@pytest.mark.parametrize("garbage", [float("inf"), float("nan"), 1e30])
def test_what_padding_holds_changes_neither_value_nor_gradient(garbage: float) -> None:
    logits, near, y, m = some(3)
    clean, dirty = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    wild = near.masked_fill(~m[..., None], garbage)
    values = knn_kd(clean, near, y, m), knn_kd(dirty, wild, y.masked_fill(~m, -100), m)
    for value in values:
        value.backward()
    assert torch.equal(values[0], values[1])
    assert torch.equal(clean.grad, dirty.grad)


def test_a_students_garbage_under_the_mask_changes_no_value() -> None:
    logits, near, y, m = some(3)
    dirty = logits.masked_fill(~m[..., None], float("nan"))
    assert torch.equal(knn_kd(dirty, near, y, m), knn_kd(logits, near, y, m))


def test_more_padding_changes_nothing() -> None:
    inputs = some(5)
    wide = [torch.cat([x, torch.zeros_like(x)], 1) for x in inputs]
    assert knn_kd(*wide).item() == pytest.approx(knn_kd(*inputs).item(), abs=1e-12)


def test_an_empty_mask_gives_zero_and_a_zero_gradient() -> None:
    logits, near, y, m = some(2)
    value = knn_kd(logits.requires_grad_(), near, y, torch.zeros_like(m))
    value.backward()
    assert (value.item(), logits.grad.abs().sum().item()) == (0.0, 0.0)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("inf"), float("nan")])
def test_a_temperature_out_of_range_is_refused(temperature: float) -> None:
    with pytest.raises(RecipeError, match=f"temperature is {temperature}; expected a number above"):
        knn_target(TOKENS, DISTANCES, 6, temperature)


def test_distances_that_do_not_belong_to_the_tokens_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"tokens are \[1, 1, 4\] but distances \[1, 1, 3\]"):
        knn_target(TOKENS, DISTANCES[..., :3], 6, 10.0)


def test_a_target_of_another_vocabulary_is_refused_with_both_shapes() -> None:
    near = knn_target(TOKENS, DISTANCES, 7, 10.0)
    with pytest.raises(ShapeError, match=r"p_knn is \[1, 1, 7\]; expected \[1, 1, 6\]"):
        knn_kd(STUDENT, near, GOLD, REAL)
