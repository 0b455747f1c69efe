"""Selective distillation: which pieces are hard, what their teacher's term weighs, the queue."""

from functools import partial
from math import ceil
from pathlib import Path

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kdlab.errors import RecipeError, ShapeError
from kdlab.experiments.recipes import describe, restore
from kdlab.losses import kd_where, nll, selective_kd, threshold, word_kd
from kdlab.losses.selective import gold_nll
from kdlab.objectives import Lesson, Objective, SelectiveKD, online

STUDENT = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
TEACHER = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)
GOLD, REAL = torch.tensor([[1]]), torch.tensor([[True]])
INF = float("inf")

seeds = given(seed=st.integers(0, 10**6))
few = settings(max_examples=30, deadline=None)


some = partial(tiny.logits, padded=True)


TRAIN = tiny.encoded(tiny.text().train)


def lesson() -> Lesson:
    teacher = tiny.translator(tiny.FED_RNN, seed=9).model
    return Lesson(teacher, TRAIN, tiny.SETTINGS.updates, 1, teacher, online(teacher))


def objective(**numbers) -> Objective:
    return SelectiveKD(**numbers).prepare(lesson())


def pushed(held: Objective, *batches: list[float]) -> list[float]:
    for values in batches:
        kept = held.queue.push(torch.tensor(values))
    return sorted(kept.tolist())


@pytest.mark.parametrize(
    ("theta", "weight", "value"),
    [(0.7, 1.0, 1.137379), (0.8, 1.0, 0.732830), (0.0, 0.5, 0.935105), (INF, 1.0, 0.732830)],
)
def test_the_reference_vectors_come_out(theta: float, weight: float, value: float) -> None:
    found = selective_kd(STUDENT, TEACHER, GOLD, REAL, theta, weight)
    assert found.item() == pytest.approx(value, abs=1e-6)


@seeds
@few
def test_a_threshold_of_zero_is_word_level_distillation_everywhere(seed: int) -> None:
    s, t, y, m = some(seed)
    soft = word_kd(s, t, y, m, alpha=1.0) - word_kd(t, t, y, m, alpha=1.0)  # CE - H = KL
    found = selective_kd(s, t, y, m, 0.0)
    assert found.item() == pytest.approx((nll(s, y, m) + soft).item(), abs=1e-9)


@given(seed=st.integers(0, 10**6), theta=st.floats(0, 4))
@few
def test_a_gradient_beside_the_golds_comes_from_hard_pieces_only(seed: int, theta: float) -> None:
    s, t, y, m = some(seed)
    hard = (-s.log_softmax(-1).gather(-1, y[..., None])[..., 0] >= theta) & m
    x = s.clone().requires_grad_()
    (selective_kd(x, t, y, m, theta) - nll(x, y, m)).backward()
    assert torch.equal(x.grad.abs().sum(-1) > 1e-12, hard)


@seeds
@few
def test_the_easy_and_the_hard_pieces_make_the_whole(seed: int) -> None:
    s, t, y, m = some(seed)
    chosen = torch.rand(m.shape, generator=torch.Generator().manual_seed(seed)) < 0.5
    halves = kd_where(s, t, y, m, chosen) + kd_where(s, t, y, m, ~chosen)
    whole = selective_kd(s, t, y, m, 0.0) + nll(s, y, m)
    assert halves.item() == pytest.approx(whole.item(), abs=1e-9)


def test_the_gradient_is_the_derivative() -> None:
    s, t, y, m = some(7)
    assert torch.autograd.gradcheck(
        lambda x: selective_kd(x, t, y, m, 1.5, 0.7), s.requires_grad_()
    )


@pytest.mark.parametrize("garbage", [INF, -INF, float("nan")])
def test_what_padding_holds_changes_neither_value_nor_gradient(garbage: float) -> None:
    s, t, y, m = some(3)
    clean, dirty = s.clone().requires_grad_(), s.clone()
    dirty[~m], t_dirty = garbage, t.masked_fill(~m[..., None], garbage)
    dirty.requires_grad_()
    values = selective_kd(clean, t, y, m, 1.0), selective_kd(dirty, t_dirty, y - 9 * ~m, m, 1.0)
    for value in values:
        value.backward()
    assert torch.equal(*values)
    assert torch.equal(clean.grad, dirty.grad)


def test_an_empty_mask_gives_zero_and_a_zero_gradient() -> None:
    s, t, y, m = some(2)
    value = selective_kd(s.requires_grad_(), t, y, torch.zeros_like(m), 0.0)
    value.backward()
    assert (value.item(), s.grad.abs().sum().item()) == (0.0, 0.0)


def test_a_teacher_that_rules_pieces_out_stays_finite() -> None:
    teacher = TEACHER.masked_fill(torch.arange(6) > 1, -INF)
    student = STUDENT.clone().requires_grad_()
    loss = selective_kd(student, teacher, GOLD, REAL, 0.0)
    loss.backward()
    q, log_p = TEACHER[0, 0, :2].softmax(-1), STUDENT.log_softmax(-1)[0, 0, :2]
    assert loss.item() == pytest.approx(0.732830 + (q * (q.log() - log_p)).sum().item(), abs=1e-6)
    assert torch.isfinite(student.grad).all()


def test_no_gradient_reaches_the_teacher() -> None:
    teacher = TEACHER.clone().requires_grad_()
    selective_kd(STUDENT.clone().requires_grad_(), teacher, GOLD, REAL, 0.0).backward()
    assert teacher.grad is None


def test_no_gradient_goes_through_the_choice() -> None:
    student = STUDENT.clone().requires_grad_()
    c = gold_nll(student, GOLD, REAL)
    assert c.item() == pytest.approx(0.732830, abs=1e-6)
    assert not c.requires_grad  # a queue that remembered graphs would never forget one


def test_logits_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"\[1, 1, 7\]; expected \[1, 1, 6\]"):
        selective_kd(STUDENT, torch.zeros(1, 1, 7), GOLD, REAL, 0.0)


@given(st.lists(st.integers(-99, 99), min_size=1, unique=True), st.integers(1, 100))
@few
def test_the_threshold_selects_its_share_rounded_up(values: list[int], percent: int) -> None:
    theta = threshold(torch.tensor(values).double(), percent / 100)
    assert sum(v >= theta for v in values) == -(-percent * len(values) // 100)


def test_the_threshold_counts_in_whole_numbers_where_floats_do_not() -> None:
    assert ceil(0.07 * 100) == 8
    assert threshold(torch.arange(100.0), 0.07).item() == 93


def test_of_equal_values_the_threshold_selects_all() -> None:
    assert threshold(torch.tensor([2.0, 2.0, 2.0, 1.0]), 0.25).item() == 2


def test_of_no_values_nothing_is_selected() -> None:
    assert threshold(torch.zeros(0), 0.5).item() == INF


@pytest.mark.parametrize("share", [0.0, -0.5, 1.01, float("nan")])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(RecipeError, match=f"share is {share}; expected a number above 0, up to 1"):
        threshold(torch.ones(3), share)
    with pytest.raises(RecipeError, match=f"share is {share}; expected"):
        SelectiveKD(share=share)


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ({"queue": 0}, "queue is 0; expected 1 or more"),
        ({"weight": 0.0}, "weight is 0.0; expected a number above 0"),
        ({"level": "local"}, "level is 'local'; expected 'global' or 'batch'"),
        ({"half": "soft"}, "half is 'soft'; expected 'hard' or 'easy'"),
    ],
    ids=str,
)
def test_a_field_out_of_range_is_refused(field: dict, wanted: str) -> None:
    with pytest.raises(RecipeError, match=wanted):
        SelectiveKD(**field)


def test_the_queue_keeps_the_newest_and_forgets_the_oldest() -> None:
    held = objective(queue=4)
    assert pushed(held, [1.0, 2.0, 3.0]) == [1, 2, 3]
    assert pushed(held, [4.0, 5.0]) == [2, 3, 4, 5]
    assert pushed(held, [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]) == [8, 9, 10, 11]
    assert pushed(held, []) == [8, 9, 10, 11]


@given(st.lists(st.integers(0, 7), max_size=6), st.integers(1, 9))
@few
def test_the_queue_always_holds_exactly_the_newest(sizes: list[int], queue: int) -> None:
    held, all_, count = objective(queue=queue), [], 0
    for size in sizes:
        all_ += range(count, count + size)
        count += size
        kept = held.queue.push(torch.arange(count - size, count).float())
        assert sorted(kept.tolist()) == all_[-queue:]


def test_the_batch_is_pushed_before_the_threshold_is_read() -> None:
    held = objective(share=0.5, queue=100)
    theta, chosen = held._choose(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), torch.ones(1, 4).bool())
    assert (theta.item(), chosen.tolist()) == (3, [[False, False, True, True]])
    theta, chosen = held._choose(torch.tensor([[9.0, 8.0]]), torch.ones(1, 2).bool())
    assert (theta.item(), chosen.tolist()) == (4, [[True, True]])  # of 1 2 3 4 8 9


def test_the_batch_level_looks_at_its_own_batch_only() -> None:
    held = objective(share=0.5, level="batch")
    held._choose(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), torch.ones(1, 4).bool())
    theta, chosen = held._choose(torch.tensor([[9.0, 8.0]]), torch.ones(1, 2).bool())
    assert (theta.item(), chosen.tolist()) == (9, [[True, False]])


def test_the_easy_half_is_the_share_of_least_cost() -> None:
    held = objective(share=0.4, half="easy")
    costs, mask = torch.tensor([[5.0, 1.0, 3.0, 2.0, 4.0, 0.0]]), torch.ones(1, 6).bool()
    mask[0, -1] = False
    theta, chosen = held._choose(costs, mask)
    assert (theta.item(), chosen.nonzero()[:, 1].tolist()) == (2, [1, 3])


@pytest.mark.parametrize("half", ["hard", "easy"])
def test_an_empty_batch_selects_nothing_and_costs_nothing(half: str) -> None:
    batch = TRAIN.batch([0, 1])
    batch = batch.with_target(batch.target, torch.zeros_like(batch.mask))
    loss, log = objective(half=half)(tiny.translator().model, batch)
    assert loss.item() == log["selected"] == 0.0


def test_the_objective_is_the_pure_loss_at_its_threshold() -> None:
    student, batch, method = tiny.translator().model, TRAIN.batch(range(6)), objective(weight=2.0)
    inputs = batch.source, batch.source_mask, batch.prefix
    loss, log = method(student, batch)
    expected = selective_kd(
        student(*inputs), lesson().teacher(*inputs), batch.target, batch.mask, log["theta"], 2.0
    )
    assert loss.item() == pytest.approx(expected.item(), abs=1e-6)
    assert log["selected"] == pytest.approx(ceil(batch.tokens / 2) / batch.tokens)


def test_the_log_compares_the_teachers_top_1_on_selected_pieces_and_on_others() -> None:
    student, batch = tiny.translator().model, TRAIN.batch(range(6))
    best = lesson().logits(batch).argmax(-1)
    log_p = student(batch.source, batch.source_mask, batch.prefix).log_softmax(-1)
    c = -log_p.gather(-1, batch.target[..., None])[..., 0]
    _, log = objective()(student, batch)
    hard = batch.mask & (c >= log["theta"])
    for name, where in (("selected", hard), ("others", batch.mask & ~hard)):
        differs = (best != batch.target)[where].float().mean().item()
        assert log[f"differs_{name}"] == pytest.approx(differs)


def test_with_all_selected_there_are_no_others_to_log() -> None:
    _, log = objective(share=1.0)(tiny.translator().model, TRAIN.batch(range(6)))
    assert log.keys() == {"theta", "selected", "differs_selected"}


def test_a_gradient_reaches_the_student_and_not_the_teacher() -> None:
    given, student = lesson(), tiny.translator().model
    method = SelectiveKD().prepare(given)
    method(student, TRAIN.batch(range(6)))[0].backward()
    assert all(p.grad is not None for p in student.parameters())
    assert all(p.grad is None for p in given.teacher.parameters())
    assert list(method.parameters()) == []


def test_the_state_is_the_queue_and_nothing_of_the_teacher() -> None:
    assert objective(queue=7).state_dict().keys() == {"queue.values", "queue.pushed"}


RESUMED = {
    "global": {"queue": 70}, "batch": {"level": "batch"}, "easy": {"half": "easy"},
    "batch larger than the queue": {"queue": 5},
}  # fmt: skip


@pytest.mark.parametrize("numbers", RESUMED.values(), ids=RESUMED)
def test_a_training_resumes_bit_for_bit(numbers: dict, tmp_path: Path) -> None:
    whole = tiny.session(objective=objective(**numbers))
    records = tiny.fitted(whole)
    tiny.fitted(tiny.session(objective=objective(**numbers)), tmp_path / "c", updates=5)
    resumed = tiny.session(objective=objective(**numbers), seed=1)
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


def test_a_training_learns() -> None:
    records = tiny.fitted(tiny.session(objective=objective(queue=200)))
    assert records[-1]["scores"]["ppl"] < records[0]["scores"]["ppl"]
    assert records[0]["log"]["theta"] > 0


def test_a_recipe_with_it_comes_back_from_json() -> None:
    recipe = tiny.recipe(loss=SelectiveKD(0.4, 50_000, "batch", 1.0, "easy"))
    assert restore(describe(recipe)) == recipe
