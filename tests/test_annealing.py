"""Annealing: the logits' distance, how phi rises, and when the gold takes over."""

from pathlib import Path

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kdlab.errors import RecipeError, ShapeError
from kdlab.experiments.recipes import describe, restore
from kdlab.losses import annealing, nll
from kdlab.objectives import Annealing, Lesson, Objective, online

STUDENT = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
TEACHER = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)
REAL = torch.tensor([[True]])
INF = float("inf")
TRAIN = tiny.encoded(tiny.text().train)
SHORT = Annealing(tau_max=2, share=0.75)  # of 8 updates: 3 at phi 1/2, 3 at 1, 2 on gold

few = settings(max_examples=30, deadline=None)


def some(seed: int, B: int = 2, T: int = 3, V: int = 5) -> tuple[Tensor, Tensor, Tensor]:
    """Student and teacher logits, and a mask with real tokens and padding."""
    draw = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, B, T, V, generator=draw, dtype=torch.double)
    mask = torch.rand(B, T, generator=draw) < 0.6
    mask[0, 0], mask[1, -1] = True, False
    return logits[0], logits[1], mask


def lesson(updates: int = tiny.SETTINGS.updates) -> Lesson:
    teacher = tiny.translator(tiny.FED_RNN, seed=9).model
    return Lesson(teacher, TRAIN, updates, 1, teacher, online(teacher))


def objective(method: Annealing = SHORT) -> Objective:
    return method.prepare(lesson())


def logs(method: Annealing, updates: int) -> list[dict]:
    """What the objective says at each of so many updates."""
    asked, student = method.prepare(lesson(updates)), tiny.translator().model
    batch = TRAIN.batch([0])
    with torch.no_grad():
        return [asked(student, batch)[1] for _ in range(updates)]


@pytest.mark.parametrize(("phi", "value"), [(0.1, 0.482083), (0.5, 0.225417), (1.0, 0.673333)])
def test_the_reference_vectors_come_out(phi: float, value: float) -> None:
    assert annealing(STUDENT, TEACHER, REAL, phi).item() == pytest.approx(value, abs=1e-6)


def test_the_whole_teacher_is_plain_squared_error() -> None:
    s, t, m = some(4)
    theirs = torch.nn.functional.mse_loss(s[m], t[m])
    assert annealing(s, t, m, 1.0).item() == pytest.approx(theirs.item())


@pytest.mark.parametrize(("power", "factor"), [(0.5, 6**0.5), (1.0, 6.0)])
def test_a_power_rescales_the_mean_over_pieces(power: float, factor: float) -> None:
    found = annealing(STUDENT, TEACHER, REAL, 0.5, power=power)
    assert found.item() == pytest.approx(factor * 0.225417, abs=1e-5)


@pytest.mark.parametrize("V", [10, 1000])
def test_at_half_power_a_tokens_gradient_is_as_large_at_every_vocabulary(V: int) -> None:
    student = torch.zeros(1, 1, V).double().requires_grad_()
    teacher = torch.ones(1, 1, V).double()
    teacher[..., ::2] = -1
    annealing(student, teacher, REAL, 1.0, centred=True, power=0.5).backward()
    assert student.grad.norm().item() == pytest.approx(2.0)


@given(seed=st.integers(0, 10**6), phi=st.floats(0, 1), a=st.floats(-9, 9), b=st.floats(-9, 9))
@few
def test_centred_a_constant_in_either_model_changes_nothing(
    seed: int, phi: float, a: float, b: float
) -> None:
    s, t, m = some(seed)
    shifted = annealing(s + a, t + b, m, phi, centred=True)
    assert shifted.item() == pytest.approx(annealing(s, t, m, phi, centred=True).item(), abs=1e-9)


@given(seed=st.integers(0, 10**6), phi=st.floats(0, 1), centred=st.booleans())
@few
def test_the_loss_is_zero_at_the_annealed_teacher_only(
    seed: int, phi: float, centred: bool
) -> None:
    s, t, m = some(seed)
    assert annealing(phi * t, t, m, phi, centred).item() == pytest.approx(0, abs=1e-12)
    assert annealing(s, t, m, phi, centred) > 0


@pytest.mark.parametrize("centred", [True, False])
def test_the_gradient_is_the_derivative(centred: bool) -> None:
    s, t, m = some(7)
    assert torch.autograd.gradcheck(
        lambda x: annealing(x, t, m, 0.3, centred, 0.5), s.requires_grad_()
    )


@pytest.mark.parametrize("garbage", [INF, -INF, float("nan")])
def test_what_padding_holds_changes_neither_value_nor_gradient(garbage: float) -> None:
    s, t, m = some(3)
    clean, dirty = s.clone().requires_grad_(), s.clone()
    dirty[~m], t_dirty = garbage, t.masked_fill(~m[..., None], garbage)
    dirty.requires_grad_()
    values = annealing(clean, t, m, 0.5, True), annealing(dirty, t_dirty, m, 0.5, True)
    for value in values:
        value.backward()
    assert torch.equal(*values)
    assert torch.equal(clean.grad, dirty.grad)


def test_an_empty_mask_gives_zero_and_a_zero_gradient() -> None:
    s, t, m = some(2)
    value = annealing(s.requires_grad_(), t, torch.zeros_like(m), 1.0)
    value.backward()
    assert (value.item(), s.grad.abs().sum().item()) == (0.0, 0.0)


def test_no_gradient_reaches_the_teacher() -> None:
    teacher = TEACHER.clone().requires_grad_()
    annealing(STUDENT.clone().requires_grad_(), teacher, REAL, 1.0).backward()
    assert teacher.grad is None


def test_logits_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"\[1, 1, 7\]; expected \[1, 1, 6\]"):
        annealing(STUDENT, torch.zeros(1, 1, 7), REAL, 1.0)


def test_a_teacher_of_infinite_logits_is_refused() -> None:
    teacher = TEACHER.masked_fill(torch.arange(6) > 1, -INF)
    with pytest.raises(RecipeError, match="exact teacher has log 0 = -inf .* Use a trained teach"):
        annealing(STUDENT, teacher, REAL, 1.0)


def test_phi_rises_in_equal_segments_and_the_gold_follows() -> None:
    found = [log.get("phi") for log in logs(Annealing(tau_max=4, share=0.8), 10)]
    assert found == [0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0, 1.0, None, None]


@given(
    updates=st.integers(1, 40), tau_max=st.integers(1, 12), share=st.floats(0.01, 1)
)  # fmt: skip
@few
def test_every_value_of_phi_has_its_part_to_within_an_update(
    updates: int, tau_max: int, share: float
) -> None:
    first = round(share * updates)
    if first < tau_max:
        return
    method = Annealing(tau_max, share).prepare(lesson(updates))
    phis = [method._phi(done) for done in range(first)]
    parts = [phis.count(n / tau_max) for n in range(1, tau_max + 1)]
    assert phis == sorted(phis)
    assert sum(parts) == first
    assert max(parts) - min(parts) <= 1


def test_by_default_two_thirds_are_stage_one_and_phi_begins_at_a_tenth() -> None:
    found = [log.get("phi") for log in logs(Annealing(), 30)]
    assert (found[0], found[19], found[20]) == (0.1, 1.0, None)


def test_stage_two_can_be_left_out_and_phi_can_be_held() -> None:
    assert [log["phi"] for log in logs(Annealing(tau_max=1, share=1.0), 5)] == [1.0] * 5


def test_stage_one_is_the_pure_loss_and_stage_two_is_likelihood() -> None:
    method, student, batch = objective(), tiny.translator().model, TRAIN.batch(range(6))
    mine = student(batch.source, batch.source_mask, batch.prefix)
    losses = [method(student, batch)[0] for _ in range(8)]
    hers = lesson().logits(batch)
    assert losses[0] == annealing(mine, hers, batch.mask, 0.5, True, 0.5)
    assert losses[5] == annealing(mine, hers, batch.mask, 1.0, True, 0.5)
    assert losses[6] == losses[7] == nll(mine, batch.target, batch.mask)


def test_the_log_gives_the_squared_error_whatever_the_scale() -> None:
    batch, student = TRAIN.batch(range(6)), tiny.translator().model
    both = [objective(Annealing(2, 0.75, True, power))(student, batch) for power in (0.0, 1.0)]
    assert both[0][1]["logit_mse"] == pytest.approx(both[0][0].item())
    assert both[1][1]["logit_mse"] == pytest.approx(both[0][0].item())
    assert both[1][0].item() > 2 * both[0][0].item()


def test_stage_two_asks_no_teacher() -> None:
    asked = []
    teacher = lesson()
    method = SHORT.prepare(
        Lesson(teacher.student, TRAIN, 8, logits=lambda b: asked.append(b) or teacher.logits(b))
    )
    for _ in range(8):
        method(tiny.translator().model, TRAIN.batch([0]))
    assert len(asked) == 6


def test_a_gradient_reaches_the_student_and_not_the_teacher() -> None:
    given, student = lesson(), tiny.translator().model
    method = SHORT.prepare(given)
    method(student, TRAIN.batch(range(6)))[0].backward()
    assert all(p.grad is not None for p in student.parameters())
    assert all(p.grad is None for p in given.teacher.parameters())
    assert (list(method.parameters()), method.state_dict().keys()) == ([], {"done"})


@pytest.mark.parametrize("stopped_at", [3, 5, 7])
def test_a_training_resumes_bit_for_bit_in_either_stage(stopped_at: int, tmp_path: Path) -> None:
    whole = tiny.session(objective=objective())
    records = tiny.fitted(whole)
    tiny.fitted(tiny.session(objective=objective()), tmp_path / "c", updates=stopped_at)
    resumed = tiny.session(objective=objective(), seed=1)
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


def test_stage_one_brings_the_logits_closer() -> None:
    constant = objective(Annealing(tau_max=1, share=1.0))
    records = tiny.fitted(tiny.session(objective=constant))
    assert records[-1]["log"]["logit_mse"] < records[0]["log"]["logit_mse"]


def test_the_exact_teacher_is_refused_with_the_way_out() -> None:
    exact = tiny.exact()
    source, target = zip(*[(s, t) for s, ts in tiny.TRANSLATIONS.items() for t, _ in ts])  # noqa: B905
    data = tiny.Encoded(
        tiny.tokenizer().encode_source(source), tiny.tokenizer().encode_target(target)
    )
    method = SHORT.prepare(Lesson(exact, data, 8, teacher=exact, logits=online(exact)))
    with pytest.raises(RecipeError, match="exact teacher has log 0"):
        method(tiny.translator().model, data.batch([0, 1]))


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ({"tau_max": 0}, "tau_max is 0; expected 1 or more"),
        ({"share": 1.5}, "share is 1.5; expected a number from 0 to 1"),
        ({"power": 2.0}, "power is 2.0; expected a number from 0 to 1"),
    ],
    ids=str,
)
def test_a_field_out_of_range_is_refused(field: dict, wanted: str) -> None:
    with pytest.raises(RecipeError, match=wanted):
        Annealing(**field)


@pytest.mark.parametrize(("share", "first"), [(0.5, 4), (0.0, 0)])
def test_a_stage_too_short_for_its_segments_is_refused(share: float, first: int) -> None:
    with pytest.raises(RecipeError, match=f"Stage I has {first} of 8 updates; expected 10 or more"):
        Annealing(share=share).prepare(lesson())


def test_a_recipe_with_it_comes_back_from_json() -> None:
    recipe = tiny.recipe(loss=Annealing(5, 2 / 3, False, 0.0))
    assert restore(describe(recipe)) == recipe
