"""Losses on hidden states: numbers by hand, what padding holds, gradients, refusals."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kdlab.errors import ShapeError
from kdlab.losses import hint, normalised_mse

every_loss = pytest.mark.parametrize("loss", [hint, normalised_mse])


def some(seed: int, B: int = 2, L: int = 3, H: int = 4) -> tuple[Tensor, Tensor, Tensor]:
    """Student and teacher states and a mask with at least one real position."""
    draw = torch.Generator().manual_seed(seed)
    states = torch.randn(2, B, L, H, generator=draw, dtype=torch.double)
    mask = torch.rand(B, L, generator=draw) < 0.6
    mask[0, 0] = True
    return states[0], states[1], mask


@pytest.mark.parametrize(("angle", "value"), [(0, 0), (60, 1), (90, 2), (180, 4)])
def test_the_distance_of_directions_is_two_less_two_cosines(angle: float, value: float) -> None:
    turned = 7 * torch.tensor([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    loss = normalised_mse(turned[None, None], torch.tensor([[[0.1, 0.0]]]), torch.ones(1, 1) > 0)
    assert loss.item() == pytest.approx(value, abs=1e-5)


@given(seed=st.integers(0, 10**6), scale=st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_normalised_distance_ignores_scale_and_stays_below_four(seed: int, scale: float) -> None:
    student, teacher, mask = some(seed)
    loss = normalised_mse(student, teacher, mask).item()
    assert loss == pytest.approx(normalised_mse(scale * student, teacher, mask).item(), rel=1e-6)
    assert 0 <= loss <= 4


@given(seed=st.integers(0, 10**6), scale=st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_a_hint_grows_with_the_square_of_the_states(seed: int, scale: float) -> None:
    student, teacher, mask = some(seed)
    larger = hint(scale * student, scale * teacher, mask).item()
    assert larger == pytest.approx(scale**2 * hint(student, teacher, mask).item())


def test_a_hint_is_a_mean_over_positions_of_a_sum_over_features() -> None:
    student, teacher, mask = some(4)
    by_hand = [
        ((s - t) ** 2).sum().item() for s, t in zip(student[mask], teacher[mask], strict=True)
    ]
    assert hint(student, teacher, mask).item() == pytest.approx(sum(by_hand) / len(by_hand))


@every_loss
def test_a_student_like_its_teacher_has_nothing_to_learn(loss) -> None:
    _, teacher, mask = some(1)
    assert loss(teacher, teacher, mask).item() == 0


@every_loss
def test_the_gradient_is_the_derivative(loss) -> None:
    student, teacher, mask = some(7)
    assert torch.autograd.gradcheck(lambda x: loss(x, teacher, mask), student.requires_grad_())


@every_loss
@pytest.mark.parametrize("garbage", [float("inf"), float("nan"), 1e30])
def test_what_padding_holds_changes_neither_value_nor_gradient(loss, garbage: float) -> None:
    student, teacher, mask = some(3)
    clean, dirty = student.clone(), student.clone()
    dirty[~mask] = garbage
    values = []
    for x, t in ((clean, teacher), (dirty, teacher.masked_fill(~mask[..., None], garbage))):
        values.append(loss(x.requires_grad_(), t, mask))
        values[-1].backward()
    assert torch.equal(*values)
    assert torch.equal(clean.grad, dirty.grad)


@every_loss
def test_more_padding_changes_nothing(loss) -> None:
    wide = [torch.cat([x, torch.zeros_like(x)], 1) for x in some(5)]
    assert loss(*wide).item() == pytest.approx(loss(*some(5)).item(), abs=1e-12)


@every_loss
def test_an_empty_mask_gives_zero_and_a_zero_gradient(loss) -> None:
    student, teacher, mask = some(2)
    value = loss(student.requires_grad_(), teacher, torch.zeros_like(mask))
    value.backward()
    assert (value.item(), student.grad.abs().sum().item()) == (0, 0)


@every_loss
def test_a_state_of_zeros_has_a_finite_gradient(loss) -> None:
    student = torch.zeros(1, 1, 4, requires_grad=True)
    loss(student, torch.ones(1, 1, 4), torch.ones(1, 1) > 0).backward()
    assert student.grad.isfinite().all()


@every_loss
def test_no_gradient_reaches_the_teacher(loss) -> None:
    student, teacher, mask = some(6)
    loss(student.requires_grad_(), teacher.requires_grad_(), mask).backward()
    assert student.grad is not None
    assert teacher.grad is None


@every_loss
@pytest.mark.parametrize("shape", [(2, 3, 8), (2, 5, 4)], ids=["width", "segmentation"])
def test_states_of_another_shape_are_refused_with_both_shapes(loss, shape) -> None:
    student, _, mask = some(0)
    shown = rf"student states are \[2, 3, 4\]; expected \[{shape[0]}, {shape[1]}, {shape[2]}\]"
    with pytest.raises(ShapeError, match=shown):
        loss(student, torch.zeros(shape), mask)
