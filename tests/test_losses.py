"""Losses: the reference's numbers, what padding holds, gradients, refusals."""

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kdlab.errors import RecipeError, ShapeError
from kdlab.losses import (
    NLL,
    LabelSmoothing,
    WordKD,
    annealing,
    knn_kd,
    label_smoothing,
    masked_mean,
    nll,
    ranking_kd,
    word_kd,
)
from kdlab.losses.by_sentence import soft_token
from kdlab.ranges import whole

STUDENT = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
TEACHER = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)
GOLD, REAL = torch.tensor([[1]]), torch.tensor([[True]])

LOSSES = {
    "nll": lambda s, t, y, m: nll(s, y, m),
    "smoothed over others": lambda s, t, y, m: label_smoothing(s, y, m, 0.1, "others"),
    "smoothed over all": lambda s, t, y, m: label_smoothing(s, y, m, 0.1, "all"),
    "word_kd": lambda s, t, y, m: word_kd(s, t, y, m, alpha=0.5),
    "word_kd, soft": lambda s, t, y, m: word_kd(s, t, y, m, alpha=0.7, temperature=3.0),
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


some = tiny.logits


@pytest.mark.parametrize(
    ("value", "loss"),
    [
        (0.732830, nll(STUDENT, GOLD, REAL)),
        (0.898830, label_smoothing(STUDENT, GOLD, REAL, 0.1, "others")),
        (0.871163, label_smoothing(STUDENT, GOLD, REAL, 0.1, "all")),
        (1.655674, word_kd(STUDENT, TEACHER, GOLD, REAL, alpha=1.0)),
        (1.194252, word_kd(STUDENT, TEACHER, GOLD, REAL, alpha=0.5)),
        (0.732830, word_kd(STUDENT, TEACHER, GOLD, REAL, alpha=0.0)),
        (1.251125, word_kd(TEACHER, TEACHER, GOLD, REAL, alpha=1.0)),  # H(q)
    ],
)
def test_the_reference_vectors_come_out(value: float, loss: Tensor) -> None:
    assert loss.item() == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("temperature", "value"), [(2.0, 0.388328), (4.0, 0.367376)])
def test_tau_squared_kl_is_the_reference(temperature: float, value: float) -> None:
    def soft(student: Tensor) -> Tensor:
        return word_kd(student, TEACHER, GOLD, REAL, alpha=1.0, temperature=temperature)

    # Cross-entropy to itself is the teacher's entropy, so the difference is tau^2 KL.
    assert (soft(STUDENT) - soft(TEACHER)).item() == pytest.approx(value, abs=1e-6)


@given(seed=st.integers(0, 10**6), alpha=st.floats(0, 1), tau=st.floats(0.5, 8))
@settings(max_examples=40, deadline=None)
def test_word_kd_is_least_where_the_student_is_the_teacher(
    seed: int, alpha: float, tau: float
) -> None:
    student, teacher, y, m = some(seed)
    at = [word_kd(s, teacher, y, m, alpha=1.0, temperature=tau) for s in (student, teacher)]
    assert at[1] <= at[0] + 1e-9
    mixed = word_kd(student, teacher, y, m, alpha=alpha, temperature=tau)
    assert mixed.item() == pytest.approx(
        ((1 - alpha) * nll(student, y, m) + alpha * at[0]).item(), abs=1e-9
    )


@given(seed=st.integers(0, 10**6), epsilon=st.floats(0, 0.5))
@settings(max_examples=40, deadline=None)
def test_smoothing_over_all_is_torchs_own(seed: int, epsilon: float) -> None:
    student, _, y, m = some(seed)
    theirs = torch.nn.functional.cross_entropy(student[m], y[m], label_smoothing=epsilon)
    ours = label_smoothing(student, y, m, epsilon, "all")
    assert ours.item() == pytest.approx(theirs.item(), abs=1e-9)


@given(seed=st.integers(0, 10**6), over=st.sampled_from(["others", "all"]))
@settings(max_examples=30, deadline=None)
def test_no_smoothing_is_plain_likelihood(seed: int, over: str) -> None:
    student, _, y, m = some(seed)
    smoothed = label_smoothing(student, y, m, 0.0, over)
    assert smoothed.item() == pytest.approx(nll(student, y, m).item(), abs=1e-9)


@every_loss
@given(seed=st.integers(0, 10**6), shift=st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_a_constant_added_to_all_logits_changes_nothing(loss, seed: int, shift: float) -> None:
    s, t, y, m = some(seed)
    assert loss(s + shift, t + shift, y, m).item() == pytest.approx(loss(s, t, y, m).item())


@every_loss
def test_the_gradient_is_the_derivative(loss) -> None:
    s, t, y, m = some(7)
    assert torch.autograd.gradcheck(lambda x: loss(x, t, y, m), s.requires_grad_())


@every_loss
@pytest.mark.parametrize("garbage", [float("inf"), float("-inf"), float("nan"), 1e30])
def test_what_padding_holds_changes_neither_value_nor_gradient(loss, garbage: float) -> None:
    s, t, y, m = some(3)
    clean, dirty = s.clone().requires_grad_(), s.clone().requires_grad_()
    t_dirty, y_dirty = t.clone(), y.masked_fill(~m, -100)
    t_dirty[~m] = garbage
    values = loss(clean, t, y, m), loss(dirty, t_dirty, y_dirty, m)
    for value in values:
        value.backward()
    assert torch.equal(values[0], values[1])
    assert torch.equal(clean.grad, dirty.grad)


@every_loss
@pytest.mark.parametrize("garbage", [float("inf"), float("nan")])
def test_a_students_garbage_under_the_mask_changes_no_value(loss, garbage: float) -> None:
    s, t, y, m = some(3)
    dirty = s.clone()
    dirty[~m] = garbage
    assert torch.equal(loss(dirty, t, y, m), loss(s, t, y, m))


@every_loss
def test_more_padding_changes_nothing(loss) -> None:
    s, t, y, m = some(5)
    wide = [torch.cat([x, torch.zeros_like(x)], 1) for x in (s, t, y, m)]
    assert loss(*wide).item() == pytest.approx(loss(s, t, y, m).item(), abs=1e-12)


@every_loss
def test_an_empty_mask_gives_zero_and_a_zero_gradient(loss) -> None:
    s, t, y, m = some(2)
    value = loss(s.requires_grad_(), t, y, torch.zeros_like(m))
    value.backward()
    assert (value.item(), s.grad.abs().sum().item()) == (0.0, 0.0)


def test_the_mean_is_over_tokens_not_sentences() -> None:
    each = torch.tensor([[1.0, 2.0, 3.0], [10.0, float("inf"), float("nan")]])
    mask = torch.tensor([[True, True, True], [True, False, False]])
    assert masked_mean(each, mask).item() == 4.0


def test_no_gradient_reaches_the_teacher() -> None:
    teacher = TEACHER.clone().requires_grad_()
    loss = word_kd(STUDENT.clone().requires_grad_(), teacher, GOLD, REAL)
    loss.backward()
    assert teacher.grad is None


def test_a_teachers_minus_infinity_is_probability_zero() -> None:
    teacher = TEACHER.clone()
    teacher[..., 2:] = float("-inf")
    q = TEACHER[..., :2].softmax(-1)
    by_hand = -(q * STUDENT.log_softmax(-1)[..., :2]).sum()
    assert word_kd(STUDENT, teacher, GOLD, REAL, alpha=1.0).item() == pytest.approx(by_hand.item())


@pytest.mark.parametrize(
    "teacher", [torch.zeros(1, 1, 7), torch.zeros(1, 2, 6)], ids=["vocabulary", "prefix"]
)
def test_logits_of_another_shape_are_refused_with_both_shapes(teacher: Tensor) -> None:
    shown = rf"\[1, {teacher.size(1)}, {teacher.size(2)}\]; expected \[1, 1, 6\]"
    with pytest.raises(ShapeError, match=shown):
        word_kd(STUDENT, teacher, GOLD, REAL)


@pytest.mark.parametrize("alpha", [-0.1, 1.5, float("nan")])
def test_an_alpha_out_of_range_is_refused(alpha: float) -> None:
    with pytest.raises(RecipeError, match=f"alpha is {alpha}; expected a number from 0 to 1"):
        WordKD(alpha=alpha)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("inf"), float("nan")])
def test_a_temperature_out_of_range_is_refused(temperature: float) -> None:
    with pytest.raises(RecipeError, match=f"temperature is {temperature}; expected"):
        WordKD(temperature=temperature)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: word_kd(STUDENT, TEACHER, GOLD, REAL, temperature=-1.0), "temperature is -1.0"),
        (lambda: word_kd(STUDENT, TEACHER, GOLD, REAL, temperature=0), "temperature is 0"),
        (lambda: word_kd(STUDENT, TEACHER, GOLD, REAL, alpha=7), "alpha is 7"),
        (lambda: label_smoothing(STUDENT, GOLD, REAL, 2, "all"), "epsilon is 2"),
        (lambda: label_smoothing(STUDENT, GOLD, REAL, 0.1, "some"), "over is 'some'"),
        (lambda: annealing(STUDENT, TEACHER, REAL, phi=5), "phi is 5"),
        (lambda: ranking_kd(STUDENT, TEACHER, GOLD, REAL, k=0), "k is 0; expected 1 to"),
        (lambda: ranking_kd(STUDENT, TEACHER, GOLD, REAL, alpha=-1), "alpha is -1"),
        (lambda: knn_kd(STUDENT, TEACHER, GOLD, REAL, weight=-1), "weight is -1"),
        (lambda: soft_token(STUDENT, TEACHER, REAL, "js"), "measure is 'js'; expected 'kl' or"),
    ],
)
def test_a_pure_loss_refuses_what_its_recipe_would(call, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        call()


@pytest.mark.parametrize("value", [0, 1.5, 2.0, float("nan"), float("inf")])
def test_what_is_counted_is_a_whole_number(value: float) -> None:
    whole("k", 2, 1)
    with pytest.raises(RecipeError, match=f"k is {value}; expected 1 or more, a whole number"):
        whole("k", value, 1)


def test_at_temperature_one_word_kd_is_the_plain_cross_entropy() -> None:
    """And nothing jumps there, although the code takes a shorter way."""
    student, teacher, target, mask = some(6)
    at_one, near = (word_kd(student, teacher, target, mask, temperature=t) for t in (1, 1 + 1e-9))
    torch.testing.assert_close(at_one, near)
    plain = -(teacher.softmax(-1) * student.log_softmax(-1)).sum(-1)
    soft = word_kd(student, teacher, target, mask, alpha=1.0, temperature=1)
    torch.testing.assert_close(soft, masked_mean(plain, mask))


def test_a_smoothing_out_of_range_is_refused() -> None:
    with pytest.raises(RecipeError, match="epsilon is 2; expected a number from 0 to 1"):
        LabelSmoothing(epsilon=2)


def test_an_unknown_way_to_smooth_is_refused() -> None:
    with pytest.raises(RecipeError, match="over is 'some'; expected 'others' or 'all'"):
        LabelSmoothing(over="some")


@pytest.mark.parametrize(
    ("filled", "pure"),
    [
        (NLL(), nll(STUDENT, GOLD, REAL)),
        (LabelSmoothing(0.2, "all"), label_smoothing(STUDENT, GOLD, REAL, 0.2, "all")),
    ],
)
def test_a_recipes_loss_is_the_pure_one(filled: object, pure: Tensor) -> None:
    assert filled(STUDENT, GOLD, REAL) == pure


def test_a_recipes_word_kd_is_the_pure_one() -> None:
    pure = word_kd(STUDENT, TEACHER, GOLD, REAL, alpha=0.3, temperature=2.0)
    assert WordKD(0.3, 2.0)(STUDENT, TEACHER, GOLD, REAL) == pure
