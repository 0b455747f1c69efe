"""Divergences: the reference's numbers, their order and limits, a teacher that rules pieces out."""

import math
from functools import partial

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kdlab.errors import RecipeError, ShapeError
from kdlab.losses import (
    Divergence,
    forward_kl,
    jensen_shannon,
    nll,
    reverse_kl,
    total_variation,
    word_kd,
)
from kdlab.losses.divergence import KINDS

STUDENT = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
TEACHER = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)

EACH = {
    "forward_kl": forward_kl,
    "reverse_kl": reverse_kl,
    "jensen_shannon": jensen_shannon,
    "mostly teacher": lambda s, t: jensen_shannon(s, t, 0.9),
    "total_variation": total_variation,
}
each_one = pytest.mark.parametrize("apart", EACH.values(), ids=EACH)
every_kind = pytest.mark.parametrize("kind", KINDS)
seeds = given(seed=st.integers(0, 10**6))
few = settings(max_examples=30, deadline=None)


some = partial(tiny.logits, padded=True)


def exact_teacher() -> Tensor:
    """Only the first two pieces are possible."""
    return TEACHER.masked_fill(torch.arange(6) > 1, float("-inf"))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (0.404549, forward_kl(STUDENT, TEACHER)),
        (0.371509, reverse_kl(STUDENT, TEACHER)),
        (0.371509, reverse_kl(STUDENT, TEACHER, floor=1e-9)),
        (0.035467, jensen_shannon(STUDENT, TEACHER, 0.1)),
        (0.092828, jensen_shannon(STUDENT, TEACHER, 0.5)),
        (0.033212, jensen_shannon(STUDENT, TEACHER, 0.9)),
        (0.397611, total_variation(STUDENT, TEACHER)),
    ],
)
def test_the_reference_vectors_come_out(value: float, found: Tensor) -> None:
    assert found.shape == (1, 1)
    assert found.item() == pytest.approx(value, abs=1e-6)


@each_one
@seeds
@few
def test_a_divergence_is_zero_at_the_teacher_and_positive_elsewhere(apart, seed: int) -> None:
    student, teacher, *_ = some(seed)
    assert torch.allclose(apart(teacher + 3, teacher), torch.zeros(2, 3).double(), atol=1e-12)
    assert (apart(student, teacher) > 0).all()


@seeds
@few
def test_pinskers_inequality_binds_total_variation_to_both_kls(seed: int) -> None:
    student, teacher, *_ = some(seed)
    squared = 2 * total_variation(student, teacher) ** 2
    assert (squared <= forward_kl(student, teacher) + 1e-12).all()
    assert (squared <= reverse_kl(student, teacher) + 1e-12).all()


@seeds
@few
def test_reverse_kl_is_forward_kl_with_the_roles_exchanged(seed: int) -> None:
    student, teacher, *_ = some(seed)
    assert torch.allclose(reverse_kl(student, teacher), forward_kl(teacher, student))


@given(seed=st.integers(0, 10**6), beta=st.floats(0.01, 0.99))
@few
def test_jensen_shannon_exchanges_roles_with_weights_and_stays_below_the_mixtures_entropy(
    seed: int, beta: float
) -> None:
    student, teacher, *_ = some(seed)
    found = jensen_shannon(10 * student, 10 * teacher, beta)
    assert torch.allclose(found, jensen_shannon(10 * teacher, 10 * student, 1 - beta))
    assert (found <= -beta * math.log(beta) - (1 - beta) * math.log(1 - beta) + 1e-12).all()


@seeds
@few
def test_near_its_ends_jensen_shannon_is_a_vanishing_share_of_a_kl(seed: int) -> None:
    student, teacher, *_ = some(seed)
    forward, reverse = forward_kl(student, teacher), reverse_kl(student, teacher)
    near = 1e-6
    assert torch.allclose(jensen_shannon(student, teacher, near) / near, forward, rtol=1e-3)
    assert torch.allclose(jensen_shannon(student, teacher, 1 - near) / near, reverse, rtol=1e-3)


@each_one
def test_the_gradient_of_each_is_the_derivative(apart) -> None:
    student, teacher, *_ = some(7)
    assert torch.autograd.gradcheck(lambda x: apart(x, teacher), student.requires_grad_())


@each_one
def test_no_gradient_reaches_the_teacher(apart) -> None:
    student, teacher, *_ = some(1)
    apart(student.requires_grad_(), teacher.requires_grad_()).sum().backward()
    assert teacher.grad is None
    assert student.grad.abs().sum() > 0


@each_one
def test_logits_of_another_shape_are_refused(apart) -> None:
    with pytest.raises(ShapeError, match=r"\[1, 1, 7\]; expected \[1, 1, 6\]"):
        apart(STUDENT, torch.zeros(1, 1, 7))


def test_a_teacher_that_rules_pieces_out_has_a_finite_forward_kl() -> None:
    q, log_p = TEACHER[0, 0, :2].softmax(-1), STUDENT.log_softmax(-1)[0, 0, :2]
    by_hand = (q * (q.log() - log_p)).sum()
    assert forward_kl(STUDENT, exact_teacher()).item() == pytest.approx(by_hand.item())


def test_a_teacher_that_rules_pieces_out_has_its_jensen_shannon_and_total_variation() -> None:
    q = exact_teacher().softmax(-1)
    p = STUDENT.softmax(-1)
    m, ruled_out = (p + q) / 2, p[..., 2:].sum()
    by_hand = 0.5 * (p * (p / m).log()).sum() + 0.5 * (q * (q / m).log())[..., :2].sum()
    assert jensen_shannon(STUDENT, exact_teacher()).item() == pytest.approx(by_hand.item())
    changed = 0.5 * (ruled_out + (p - q).abs()[..., :2].sum())
    assert total_variation(STUDENT, exact_teacher()).item() == pytest.approx(changed.item())


def test_reverse_kl_is_infinite_where_the_student_may_say_what_the_teacher_never_does() -> None:
    assert reverse_kl(STUDENT, exact_teacher()).item() == float("inf")


def test_a_floor_charges_each_ruled_out_piece_its_logarithm() -> None:
    p, log_p = STUDENT.softmax(-1)[0, 0], STUDENT.log_softmax(-1)[0, 0]
    log_q = TEACHER[0, 0, :2].log_softmax(-1)
    by_hand = (p[:2] * (log_p[:2] - log_q)).sum() + (p[2:] * (log_p[2:] - math.log(1e-4))).sum()
    found = reverse_kl(STUDENT, exact_teacher(), floor=1e-4)
    assert found.item() == pytest.approx(by_hand.item())


def test_a_student_without_mass_where_the_teacher_has_none_is_not_charged() -> None:
    student = exact_teacher().masked_fill(torch.arange(6) > 1, -1e4)  # p underflows to 0
    assert reverse_kl(student, exact_teacher()).item() == pytest.approx(0, abs=1e-12)


@every_kind
def test_by_default_a_teacher_that_rules_pieces_out_trains_the_student(kind: str) -> None:
    student = STUDENT.clone().requires_grad_()
    loss = Divergence(kind, beta=1.0).apart(student, exact_teacher(), torch.tensor([[True]]))
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(student.grad).all()
    assert (student.grad[..., 2:] > 0).all()  # downhill takes mass from what is ruled out


@every_kind
@given(seed=st.integers(0, 10**6), alpha=st.floats(0, 1))
@few
def test_the_recipes_loss_mixes_gold_and_divergence(kind: str, seed: int, alpha: float) -> None:
    s, t, y, m = some(seed)
    apart = EACH[kind](s, t)[m].mean()
    expected = (1 - alpha) * nll(s, y, m) + alpha * apart
    found = Divergence(kind, 0.5, alpha)(s, t, y, m)
    assert found.item() == pytest.approx(expected.item(), abs=1e-12)


@seeds
@few
def test_forward_kl_has_the_gradient_of_word_kd(seed: int) -> None:
    s, t, y, m = some(seed)
    mine, theirs = s.clone().requires_grad_(), s.clone().requires_grad_()
    Divergence("forward_kl", alpha=0.3)(mine, t, y, m).backward()
    word_kd(theirs, t, y, m, alpha=0.3).backward()
    assert torch.allclose(mine.grad, theirs.grad)


@every_kind
@pytest.mark.parametrize("garbage", [float("inf"), float("-inf"), float("nan")])
def test_what_padding_holds_changes_neither_value_nor_gradient(kind: str, garbage: float) -> None:
    s, t, y, m = some(3)
    clean, dirty = s.clone().requires_grad_(), s.clone()
    dirty[~m], t_dirty = garbage, t.masked_fill(~m[..., None], garbage)
    dirty.requires_grad_()
    values = Divergence(kind)(clean, t, y, m), Divergence(kind)(dirty, t_dirty, y - 9 * ~m, m)
    for value in values:
        value.backward()
    assert torch.equal(*values)
    assert torch.equal(clean.grad, dirty.grad)


@every_kind
def test_an_empty_mask_gives_zero_and_a_zero_gradient(kind: str) -> None:
    s, t, y, m = some(2)
    value = Divergence(kind)(s.requires_grad_(), t, y, torch.zeros_like(m))
    value.backward()
    assert (value.item(), s.grad.abs().sum().item()) == (0.0, 0.0)


def test_a_loss_of_unequal_shapes_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"\[1, 2, 6\]; expected \[1, 1, 6\]"):
        Divergence("reverse_kl").apart(STUDENT, torch.zeros(1, 2, 6), torch.tensor([[True]]))


@pytest.mark.parametrize(("beta", "value"), [(0, 0.404549), (1, 0.371509)])
def test_at_its_ends_the_recipes_jensen_shannon_is_the_kl(beta: float, value: float) -> None:
    loss = Divergence("jensen_shannon", beta=beta, floor=0)
    mask = torch.tensor([[True]])
    assert loss.apart(STUDENT, TEACHER, mask).item() == pytest.approx(value, abs=1e-6)
    ruled_out = loss.apart(STUDENT, exact_teacher(), mask).item()
    assert (ruled_out == float("inf")) == (beta == 1)


@pytest.mark.parametrize("beta", [0, 1, -0.1, float("nan")])
def test_a_mixture_of_one_alone_is_refused(beta: float) -> None:
    with pytest.raises(RecipeError, match=f"beta is {beta}; expected a number (from|between) 0"):
        jensen_shannon(STUDENT, TEACHER, beta)


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(RecipeError, match="kind is 'hellinger'; expected one of forward_kl, rev"):
        Divergence("hellinger")


@pytest.mark.parametrize("name", ["beta", "alpha", "floor"])
@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_a_number_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(RecipeError, match=f"{name} is {value}; expected a number from 0 to 1"):
        Divergence("forward_kl", **{name: value})
