"""The hierarchical ranking loss: the reference's numbers, what it is blind to, bad input."""

import itertools
from functools import partial

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kdlab.errors import RecipeError, ShapeError
from kdlab.experiments.recipes import describe, restore
from kdlab.losses import RankingKD, nll, ranking_kd
from kdlab.losses.ranking import hierarchical_ranking

STUDENT = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
TEACHER = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)
GOLD, REAL = torch.tensor([[1]]), torch.tensor([[True]])
NEVER = float("-inf")


some = partial(tiny.logits, V=6)


def slow_parts(p: list[float], q: list[float], k: int) -> tuple[float, float]:
    """The two sums of one position, piece by piece."""
    best = [sorted(range(len(r)), key=lambda u: -r[u])[:k] for r in (q, p)]
    top1 = sum(max(0.0, p[u] - p[best[0][0]]) for u in best[0] if q[u] > 0)
    within = sum(max(0.0, p[v] - p[u]) for u in best[0] for v in best[1] if q[u] > q[v])
    return top1, within


@pytest.mark.parametrize(
    ("k", "top1", "within", "both"),
    [(2, 0.303764, 0.303764, 0.607527), (3, 0.303764, 0.327503, 0.631267)],
)
def test_the_reference_vectors_come_out(k: int, top1: float, within: float, both: float) -> None:
    found = hierarchical_ranking(STUDENT.softmax(-1), TEACHER.softmax(-1), k)
    assert [part.item() for part in found] == pytest.approx([top1, within], abs=1e-6)
    kl = ranking_kd(STUDENT, TEACHER, GOLD, REAL, alpha=1.0, k=k).item() - both
    assert kl == pytest.approx(0.404549, abs=2e-6)


@given(seed=st.integers(0, 10**6), k=st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_the_parts_are_their_sums_piece_by_piece(seed: int, k: int) -> None:
    p, q = (logits.softmax(-1) for logits in some(seed)[:2])
    top1, within = hierarchical_ranking(p, q, k)
    for b, t in torch.cartesian_prod(torch.arange(2), torch.arange(3)).tolist():
        expected = slow_parts(p[b, t].tolist(), q[b, t].tolist(), k)
        assert (top1[b, t].item(), within[b, t].item()) == pytest.approx(expected)


@given(seed=st.integers(0, 10**6), k=st.integers(1, 6), sharper=st.floats(0.1, 8))
@settings(max_examples=40, deadline=None)
def test_a_student_that_ranks_as_the_teacher_pays_nothing(
    seed: int, k: int, sharper: float
) -> None:
    _, teacher, _, _ = some(seed)
    parts = hierarchical_ranking((sharper * teacher).softmax(-1), teacher.softmax(-1), k)
    assert [part.abs().max().item() for part in parts] == [0.0, 0.0]


@given(seed=st.integers(0, 10**6), k=st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_the_set_part_is_positive_wherever_the_top_1_differs(seed: int, k: int) -> None:
    p, q = (logits.softmax(-1) for logits in some(seed)[:2])
    _, within = hierarchical_ranking(p, q, k)
    assert (within > 0)[p.argmax(-1) != q.argmax(-1)].all()


def test_the_pieces_a_teacher_rules_out_have_no_rank() -> None:
    p = torch.tensor([0.1, 0.2, 0.3, 0.15, 0.13, 0.12])
    q = torch.tensor([0.7, 0.3, 0.0, 0.0, 0.0, 0.0])
    for order in itertools.permutations(range(6)):
        top1, within = hierarchical_ranking(p[list(order)], q[list(order)], 3)
        # Piece 1 above piece 0; of the student's best three (2, 1, 3): 2, 1, 3 above 0, 2 above 1.
        assert (top1.item(), within.item()) == pytest.approx((0.1, 0.2 + 0.1 + 0.05 + 0.1))


def test_a_teachers_minus_infinity_gives_a_finite_value_and_gradient() -> None:
    teacher = TEACHER.clone()
    teacher[..., 1:] = NEVER
    student = STUDENT.clone().requires_grad_()
    loss = ranking_kd(student, teacher, GOLD, REAL, alpha=1.0, k=5)
    loss.backward()
    p = STUDENT.softmax(-1)[0, 0].tolist()
    above = sum(max(0.0, x - p[0]) for x in p)  # the set part; nothing but piece 0 has a rank
    assert loss.item() == pytest.approx(-torch.tensor(p[0]).log().item() + above, abs=1e-6)
    assert student.grad.isfinite().all()


def test_alpha_mixes_the_gold_loss_with_the_teachers_terms() -> None:
    ends = [ranking_kd(STUDENT, TEACHER, GOLD, REAL, alpha=a).item() for a in (0.0, 0.3, 1.0)]
    assert ends[0] == pytest.approx(0.732830, abs=1e-6)
    assert ends[1] == pytest.approx(0.7 * ends[0] + 0.3 * ends[2])


def test_the_gradient_is_the_derivative() -> None:
    s, t, y, m = some(7)
    assert torch.autograd.gradcheck(lambda x: ranking_kd(x, t, y, m, k=3), s.requires_grad_())


def test_no_gradient_reaches_the_teacher() -> None:
    teacher = TEACHER.clone().requires_grad_()
    ranking_kd(STUDENT.clone().requires_grad_(), teacher, GOLD, REAL).backward()
    assert teacher.grad is None


@pytest.mark.parametrize("garbage", [float("inf"), NEVER, float("nan"), 1e30])
def test_what_padding_holds_changes_neither_value_nor_gradient(garbage: float) -> None:
    s, t, y, m = some(3)
    clean, dirty = s.clone().requires_grad_(), s.masked_fill(~m[..., None], garbage)
    dirty.requires_grad_()
    values = (
        ranking_kd(clean, t, y, m),
        ranking_kd(dirty, t.masked_fill(~m[..., None], garbage), y.masked_fill(~m, -100), m),
    )
    for value in values:
        value.backward()
    assert torch.equal(*values)
    assert torch.equal(clean.grad, dirty.grad)


def test_more_padding_changes_nothing() -> None:
    s, t, y, m = some(5)
    wide = [torch.cat([x, torch.zeros_like(x)], 1) for x in (s, t, y, m)]
    assert ranking_kd(*wide).item() == pytest.approx(ranking_kd(s, t, y, m).item(), abs=1e-12)


def test_an_empty_mask_gives_zero_and_a_zero_gradient() -> None:
    s, t, y, m = some(2)
    value = ranking_kd(s.requires_grad_(), t, y, torch.zeros_like(m))
    value.backward()
    assert (value.item(), s.grad.abs().sum().item()) == (0.0, 0.0)


def test_at_alpha_0_it_is_plain_likelihood() -> None:
    s, t, y, m = some(4)
    assert ranking_kd(s, t, y, m, alpha=0.0).item() == pytest.approx(nll(s, y, m).item())


def test_more_ranked_pieces_than_the_vocabulary_are_refused() -> None:
    with pytest.raises(RecipeError, match="k is 7; expected 1 to 6, the whole target vocabulary"):
        RankingKD(k=7)(STUDENT, TEACHER, GOLD, REAL)


@pytest.mark.parametrize(("field", "value"), [("alpha", 1.5), ("alpha", -0.1), ("k", 0)])
def test_a_number_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(RecipeError, match=f"{field} is {value}; expected"):
        RankingKD(**{field: value})


def test_logits_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"\[1, 1, 7\]; expected \[1, 1, 6\]"):
        ranking_kd(STUDENT, torch.zeros(1, 1, 7), GOLD, REAL)


def test_a_recipes_ranking_kd_is_the_pure_one_and_comes_back_from_json() -> None:
    pure = ranking_kd(STUDENT, TEACHER, GOLD, REAL, alpha=0.3, k=2)
    assert RankingKD(0.3, 2)(STUDENT, TEACHER, GOLD, REAL) == pure
    assert restore(describe(RankingKD(0.3, 2))) == RankingKD(0.3, 2)
