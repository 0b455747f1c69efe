"""Logits that make no distribution: never a plausible number, never a step of the weights."""

from dataclasses import replace

import pytest
import tiny
import torch
from torch import Tensor, nn

from kdlab import losses
from kdlab.batching import Batch
from kdlab.distill import cache_top_k
from kdlab.errors import RecipeError
from kdlab.losses.by_sentence import soft_token
from kdlab.losses.proper import proper
from kdlab.losses.surgery import KINDS
from kdlab.metrics import top1_agreement
from kdlab.objectives import Plain, SelectiveKD, prepare
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.teachers import online
from kdlab.training import Session
from kdlab.translator import Translator

INF, NAN = float("inf"), float("nan")
IMPROPER = {"nan": (2, NAN), "inf": (2, INF), "a row of -inf": (slice(None), -INF)}

FROM_TEACHER = {
    "WordKD": losses.WordKD(),
    "RankingKD": losses.RankingKD(k=2),
    "selective": lambda s, t, y, m: losses.selective_kd(s, t, y, m, threshold=0.0),
    "soft_token": lambda s, t, y, m: soft_token(s, t, m)[0],
    **{f"Surgery {kind}": losses.Surgery(kind, k=2) for kind in KINDS},
    **{f"Divergence {kind}": losses.Divergence(kind)
       for kind in ("forward_kl", "reverse_kl", "jensen_shannon", "total_variation")},
}  # fmt: skip
OF_STUDENT = FROM_TEACHER | {
    "NLL": lambda s, t, y, m: losses.NLL()(s, y, m),
    "LabelSmoothing": lambda s, t, y, m: losses.LabelSmoothing()(s, y, m),
    "knn": lambda s, t, y, m: losses.knn_kd(s, t.softmax(-1), y, m),
    "annealing": lambda s, t, y, m: losses.annealing(s, t, m, phi=0.5),
}


def spoiled(logits: Tensor, how: str) -> Tensor:
    """A copy in which row 0's first position is improper."""
    piece, value = IMPROPER[how]
    copy = logits.clone()
    copy[0, 0, piece] = value
    return copy


@pytest.mark.parametrize("how", IMPROPER)
@pytest.mark.parametrize("loss", FROM_TEACHER.values(), ids=FROM_TEACHER)
def test_a_teacher_without_a_distribution_makes_no_number(loss, how: str) -> None:
    student, teacher, target, mask = tiny.logits(3)
    assert not loss(student, spoiled(teacher, how), target, mask).isfinite()


@pytest.mark.parametrize("how", IMPROPER)
@pytest.mark.parametrize("loss", OF_STUDENT.values(), ids=OF_STUDENT)
def test_a_student_without_a_distribution_makes_no_number(loss, how: str) -> None:
    student, teacher, target, mask = tiny.logits(3)
    assert not loss(spoiled(student, how), teacher, target, mask).isfinite()


@pytest.mark.parametrize("loss", FROM_TEACHER.values(), ids=FROM_TEACHER)
def test_a_piece_that_both_rule_out_adds_nothing(loss) -> None:
    student, teacher, target, mask = tiny.logits(4)
    target = target.clamp(max=3)
    forbid = torch.tensor([0.0, 0, 0, 0, -INF])
    without = student[..., :4].clone().requires_grad_()
    forbidden = student.clone().requires_grad_()
    smaller = loss(without, teacher[..., :4], target, mask)
    larger = loss(forbidden + forbid, teacher + forbid, target, mask)
    if "permuted" in str(loss) or "smoothing" in str(loss):  # these speak of all V pieces
        assert not larger.isnan()
        return
    torch.testing.assert_close(larger, smaller)
    larger.backward()
    smaller.backward()
    torch.testing.assert_close(forbidden.grad[..., :4], without.grad)


def test_selective_kd_does_not_ask_the_teacher_where_it_does_not_listen() -> None:
    student, teacher, target, mask = tiny.logits(5)
    student.requires_grad_()
    chosen = mask.clone()
    chosen[0, 0] = False
    value = losses.kd_where(student, spoiled(teacher, "nan"), target, mask, chosen)
    torch.testing.assert_close(value, losses.kd_where(student, teacher, target, mask, chosen))
    value.backward()
    assert student.grad.isfinite().all()


@pytest.mark.parametrize("how", IMPROPER)
def test_the_place_is_named(how: str) -> None:
    _, teacher, _, mask = tiny.logits(3)
    proper("teacher", teacher, mask)
    with pytest.raises(RecipeError, match=r"teacher's logits in row 0, position 0 .* diverge"):
        proper("teacher", spoiled(teacher, how), mask)


def test_padding_may_hold_anything() -> None:
    _, teacher, _, mask = tiny.logits(3)
    mask[0, 0] = False
    proper("teacher", spoiled(teacher, "nan"), mask)


class Spoiled(nn.Module):
    """A model one of whose weights became nan."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner, self.target_size = inner, inner.target_size

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.inner(*inputs).index_fill(-1, torch.tensor([3]), NAN)


def test_a_teacher_that_diverged_is_refused_before_the_first_update() -> None:
    training = tiny.session()
    before = tiny.weights(training)
    data, teacher = training.data, Spoiled(tiny.translator(seed=2).model)
    lesson = Lesson(training.model, data, 8, 1, teacher, online(teacher), lambda: data)
    objective = prepare(SelectiveKD(), lesson)
    with pytest.raises(RecipeError, match="The teacher's logits in row 0, position 0"):
        list(Session(training.model, objective, data, tiny.SETTINGS, 1).records())
    assert tiny.same(tiny.weights(training), before)


def test_a_teacher_that_diverged_cannot_be_stored() -> None:
    teacher = Translator(Spoiled(tiny.translator().model), tiny.tokenizer(), "diverged")
    with pytest.raises(RecipeError, match="The teacher's logits"):
        cache_top_k(teacher, tiny.encoded(tiny.text().dev), 2)


def test_nan_agrees_with_nobody() -> None:
    student, teacher, target, mask = tiny.logits(3)
    with pytest.raises(RecipeError, match="The student's logits"):
        top1_agreement(spoiled(student, "nan"), teacher, target, mask)


class Wrong(Plain):
    """A loss whose value, or whose gradient alone, is nan at the second update."""

    def __init__(self, where: str) -> None:
        super().__init__(losses.NLL())
        self.where, self.calls = where, 0

    def __call__(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        loss, log = super().__call__(student, batch)
        self.calls += 1
        if self.calls == 2:
            weight = next(student.parameters())
            root = (weight.sum() * 0.0).sqrt()  # 0, and the gradient of a root there is inf
            loss = loss + (root if self.where == "gradient" else NAN)
        return loss, log


@pytest.mark.parametrize(("where", "said"), [("loss", "loss"), ("gradient", "gradient's norm")])
def test_an_update_that_would_spoil_the_weights_is_not_made(where: str, said: str) -> None:
    settings = replace(tiny.SETTINGS, updates=4)
    training = tiny.session(objective=Wrong(where), settings=settings)
    records = training.records()
    next(records)
    before = tiny.weights(training)
    with pytest.raises(RecipeError, match=f"The {said} of update 2 is nan"):
        next(records)
    assert tiny.same(tiny.weights(training), before)
