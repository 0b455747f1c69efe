"""Soft-target surgery: what each operation keeps and removes, reference numbers, bad input."""

from functools import partial

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kdlab.errors import RecipeError, ShapeError
from kdlab.experiments.recipes import describe, restore
from kdlab.losses import Surgery, nll, soft_target, word_kd
from kdlab.losses.surgery import KINDS, PLACES

STUDENT = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
TEACHER = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)
GOLD, REAL = torch.tensor([[1]]), torch.tensor([[True]])
NEVER = float("-inf")

every_kind = pytest.mark.parametrize("kind", KINDS)
every_place = pytest.mark.parametrize("where", PLACES)
some_examples = settings(max_examples=30, deadline=None)


some = partial(tiny.logits, V=6)


def entropy(q: Tensor) -> Tensor:
    return -torch.xlogy(q, q).sum(-1)


def only(kind: str, **numbers: object) -> Surgery:
    """The KD term alone."""
    return Surgery(kind, alpha=1.0, **numbers)


@pytest.mark.parametrize(
    ("value", "loss"),
    [
        (0.404549, only("vanilla")),
        (0.965662, only("without_correlation")),
        (0.291084, only("without_top1")),
        (1.115900, only("top_k", k=2)),
        (0.732830, Surgery("top_k", alpha=0.0)),
        ((0.732830 + 0.404549) / 2, Surgery()),
    ],
)
def test_the_reference_vectors_come_out(value: float, loss: Surgery) -> None:
    assert loss(STUDENT, TEACHER, GOLD, REAL).item() == pytest.approx(value, abs=1e-6)


def test_the_target_without_top_1_is_the_references() -> None:
    r = soft_target(TEACHER.softmax(-1), GOLD, REAL, "without_top1")
    expected = [0, 0.762284, 0.124345, 0.075419, 0.027745, 0.010207]
    assert r[0, 0].tolist() == pytest.approx(expected, abs=1e-6)


@given(seed=st.integers(0, 10**6))
@some_examples
def test_where_the_teachers_top_1_is_gold_nothing_is_removed_with_it(seed: int) -> None:
    s, t, _, m = some(seed)
    y = t.argmax(-1)
    kept, whole = (only(kind)(s, t, y, m).item() for kind in ("without_top1", "vanilla"))
    assert kept == pytest.approx(whole, abs=6e-6)  # 1e-6 in the log, V = 6 times


@given(seed=st.integers(0, 10**6))
@some_examples
def test_vanilla_has_the_gradient_of_word_kd(seed: int) -> None:
    s, t, y, m = some(seed)
    ours, theirs = s.clone().requires_grad_(), s.clone().requires_grad_()
    Surgery(alpha=0.7)(ours, t, y, m).backward()
    word_kd(theirs, t, y, m, alpha=0.7).backward()
    assert torch.allclose(ours.grad, theirs.grad)


@given(seed=st.integers(0, 10**6))
@some_examples
def test_one_best_piece_is_no_correlation_and_all_are_the_cross_entropy(seed: int) -> None:
    s, t, y, m = some(seed)
    one, alone, every = (
        only(kind, k=k)(s, t, y, m).item()
        for kind, k in (("top_k", 1), ("without_correlation", 5), ("top_k", 6))
    )
    assert one == pytest.approx(alone)
    assert every == pytest.approx(word_kd(s, t, y, m, alpha=1.0).item())


@given(seed=st.integers(0, 10**6), V=st.integers(3, 9))
@some_examples
def test_a_permuted_tail_keeps_top_1_and_entropy_and_moves_every_other_piece(
    seed: int, V: int
) -> None:
    _, t, y, m = some(seed, V=V)
    q = t.softmax(-1)
    r = soft_target(q, y, m, "permuted_tail")
    a = q.argmax(-1, keepdim=True)
    assert torch.equal(r.gather(-1, a), q.gather(-1, a))
    assert torch.equal(r.sort(-1).values, q.sort(-1).values)
    assert ((r != q).sum(-1) == V - 1).all()


def test_a_tail_of_one_or_two_pieces_can_be_permuted() -> None:
    tails = [
        soft_target(torch.tensor([[q]]), GOLD, REAL, "permuted_tail")[0, 0]
        for q in ([0.25, 0.75], [0.25, 0.625, 0.125])
    ]
    assert [r.tolist() for r in tails] == [[0.25, 0.75], [0.125, 0.625, 0.25]]


def test_a_tail_is_permuted_the_same_way_in_any_batch() -> None:
    _, t, y, m = some(1, B=3, T=4)
    m[:, 0] = True
    q, m = t.softmax(-1), m.sort(1, descending=True).values
    together = soft_target(q, y, m, "permuted_tail")
    for b, n in enumerate(m.sum(1).tolist()):
        one = [x[b : b + 1, :n] for x in (q, y, m)]
        assert torch.equal(soft_target(*one, "permuted_tail")[0], together[b, :n])


def test_tails_are_permuted_in_many_ways() -> None:
    V = 50
    q = torch.arange(V).flip(0).double().softmax(-1).expand(40, 10, V)
    y = torch.randint(0, V, (40, 10), generator=torch.Generator().manual_seed(0))
    r = soft_target(q, y, torch.ones_like(y, dtype=torch.bool), "permuted_tail")
    second = r[..., 1:].argmax(-1).flatten()  # where the teacher's second piece went
    assert len(second.unique()) == V - 2  # everywhere but its own place
    assert second.bincount().max() < 30  # of 400, over 48 places


@given(seed=st.integers(0, 10**6), sharper=st.floats(0.0, 30.0))
@some_examples
def test_matched_smoothing_has_the_teachers_entropy_and_golds_top_1(
    seed: int, sharper: float
) -> None:
    _, t, y, m = some(seed)
    q = (sharper * t).softmax(-1)
    r = soft_target(q, y, m, "matched_smoothing")
    assert torch.allclose(entropy(r), entropy(q), atol=1e-9)
    gold = r.gather(-1, y.masked_fill(~m, 0)[..., None])
    assert (gold >= r - 1e-6).all()
    second, least = r.topk(2).values[..., 1], r.min(-1).values
    assert torch.allclose(second, least, atol=1e-9)


@given(seed=st.integers(0, 10**6), kind=st.sampled_from(KINDS))
@some_examples
def test_distributions_sum_to_1_and_parts_to_what_was_kept(seed: int, kind: str) -> None:
    _, t, y, m = some(seed)
    q = t.softmax(-1)
    kept = {"without_correlation": 1, "top_k": 2}.get(kind, 6)
    r = soft_target(q, y, m, kind, k=2)
    assert torch.allclose(r.sum(-1), q.topk(kept).values.sum(-1))


@every_kind
def test_the_two_places_share_out_the_kd_term(kind: str) -> None:
    s, t, y, m = some(8)
    y = y.where(torch.arange(3) != 0, t.argmax(-1))  # position 0: the teacher says gold
    whole, differ, same = (Surgery(kind, 0.4, where=where)(s, t, y, m).item() for where in PLACES)
    assert differ + same == pytest.approx(whole + nll(s, y, m).item())
    assert len({whole, differ, same}) == 3


def test_a_place_is_where_the_teachers_top_1_is_gold_or_not() -> None:
    gold = 0.732830
    found = [only("vanilla", where=w)(STUDENT, TEACHER, GOLD, REAL).item() for w in PLACES]
    assert found == pytest.approx([0.404549, 0.404549, gold], abs=1e-6)
    sure = [only("vanilla", where=w)(STUDENT, TEACHER, 0 * GOLD, REAL).item() for w in PLACES]
    assert sure == pytest.approx([0.404549, 1.732830, 0.404549], abs=1e-6)


@every_kind
def test_a_teachers_minus_infinity_is_probability_zero(kind: str) -> None:
    sharp, tiny = TEACHER.clone(), TEACHER.clone()
    sharp[..., 2:], tiny[..., 2:] = NEVER, -1e5
    student = STUDENT.clone().requires_grad_()
    loss = only(kind)(student, sharp, GOLD, REAL)
    loss.backward()
    assert loss.item() == pytest.approx(only(kind)(STUDENT, tiny, GOLD, REAL).item(), abs=1e-9)
    assert student.grad.isfinite().all()


@every_kind
def test_a_teacher_that_knows_only_one_piece_gives_a_finite_value_and_gradient(kind: str) -> None:
    teacher = torch.full((1, 1, 6), NEVER)
    teacher[..., 3] = 0.0
    student = STUDENT.float().requires_grad_()
    loss = only(kind)(student, teacher, GOLD, REAL)
    loss.backward()
    of_gold = kind in ("without_top1", "matched_smoothing")
    expected = -STUDENT.log_softmax(-1)[0, 0, 1 if of_gold else 3].item()
    assert loss.item() == pytest.approx(expected, abs=1e-5)
    assert student.grad.isfinite().all()


@every_kind
@every_place
def test_the_gradient_is_the_derivative(kind: str, where: str) -> None:
    s, t, y, m = some(7)
    loss = Surgery(kind, 0.6, k=2, where=where)
    assert torch.autograd.gradcheck(lambda x: loss(x, t, y, m), s.requires_grad_())


@every_kind
def test_no_gradient_reaches_the_teacher(kind: str) -> None:
    teacher = TEACHER.clone().requires_grad_()
    Surgery(kind)(STUDENT.clone().requires_grad_(), teacher, GOLD, REAL).backward()
    assert teacher.grad is None


@every_kind
@pytest.mark.parametrize("garbage", [float("inf"), NEVER, float("nan"), 1e30])
def test_what_padding_holds_changes_neither_value_nor_gradient(kind: str, garbage: float) -> None:
    s, t, y, m = some(3)
    hidden = ~m[..., None]
    clean, dirty = s.clone().requires_grad_(), s.masked_fill(hidden, garbage).requires_grad_()
    values = (
        Surgery(kind)(clean, t, y, m),
        Surgery(kind)(dirty, t.masked_fill(hidden, garbage), y.masked_fill(~m, -100), m),
    )
    for value in values:
        value.backward()
    assert torch.equal(*values)
    assert torch.equal(clean.grad, dirty.grad)


@every_kind
@every_place
def test_more_padding_changes_nothing(kind: str, where: str) -> None:
    s, t, y, m = some(5)
    loss = Surgery(kind, where=where)
    wide = [torch.cat([x, torch.zeros_like(x)], 1) for x in (s, t, y, m)]
    assert loss(*wide).item() == pytest.approx(loss(s, t, y, m).item(), abs=1e-12)


@every_kind
def test_an_empty_mask_gives_zero_and_a_zero_gradient(kind: str) -> None:
    s, t, y, m = some(2)
    value = Surgery(kind)(s.requires_grad_(), t, y, torch.zeros_like(m))
    value.backward()
    assert (value.item(), s.grad.abs().sum().item()) == (0.0, 0.0)


def test_an_unknown_operation_is_refused_with_those_there_are() -> None:
    with pytest.raises(RecipeError, match="kind is 'lobotomy'; expected one of vanilla, without_"):
        Surgery("lobotomy")
    with pytest.raises(RecipeError, match="kind is 'lobotomy'; expected one of vanilla, without_"):
        soft_target(TEACHER, GOLD, REAL, "lobotomy")


def test_an_unknown_place_is_refused_with_those_there_are() -> None:
    with pytest.raises(RecipeError, match="where is 'here'; expected one of everywhere, disagree"):
        Surgery(where="here")


@pytest.mark.parametrize(("field", "value"), [("alpha", 1.5), ("alpha", -0.1), ("k", 0)])
def test_a_number_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(RecipeError, match=f"{field} is {value}; expected"):
        Surgery(**{field: value})


def test_more_best_pieces_than_the_vocabulary_are_refused() -> None:
    with pytest.raises(RecipeError, match="k is 7; expected 1 to 6, the whole target vocabulary"):
        Surgery("top_k", k=7)(STUDENT, TEACHER, GOLD, REAL)


def test_logits_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"\[1, 1, 7\]; expected \[1, 1, 6\]"):
        Surgery()(STUDENT, torch.zeros(1, 1, 7), GOLD, REAL)


def test_a_recipes_surgery_comes_back_from_json() -> None:
    arm = Surgery("top_k", 0.3, 2, "disagree")
    assert restore(describe(arm)) == arm
