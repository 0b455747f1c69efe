"""The hybrid gate: its ends, its drift and the remedies, its controls, resume, refusals."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from kdlab.batching import Batch, Encoded
from kdlab.errors import RecipeError, ShapeError
from kdlab.experiments.recipes import describe, restore
from kdlab.losses import gated, nll, word_kd
from kdlab.losses.by_sentence import hard_token, sentence_mean, soft_token
from kdlab.losses.gate import gate_entropy, levelled
from kdlab.objectives import Hybrid, Lesson, online, prepare

STUDENT = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
TEACHER = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)
GOLD, REAL = torch.tensor([[1]]), torch.tensor([[True]])

TERMS = {
    "kl": lambda s, t, y, m: soft_token(s, t, m),
    "ce": lambda s, t, y, m: soft_token(s, t, m, "ce"),
    "sentence": lambda s, t, y, m: hard_token(s, y, m),
}
every_term = pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)


def some(seed: int, B: int = 3, T: int = 4, V: int = 5) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Student and teacher logits, targets and a mask; the last sentence is all padding."""
    draw = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, B, T, V, generator=draw, dtype=torch.double)
    mask = torch.arange(T) < torch.tensor([4, 1, 0])[:, None]
    return logits[0], logits[1], torch.randint(0, V, (B, T), generator=draw), mask


@pytest.mark.parametrize(
    ("term", "value"), [("kl", 0.404549), ("ce", 1.655674), ("sentence", 0.732830)]
)
def test_the_reference_vectors_come_out(term: str, value: float) -> None:
    assert TERMS[term](STUDENT, TEACHER, GOLD, REAL).item() == pytest.approx(value, abs=1e-6)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_each_term_is_the_plain_loss_of_each_sentence_alone(seed: int) -> None:
    s, t, y, m = some(seed)
    for b in range(3):
        alone = s[b : b + 1], t[b : b + 1], y[b : b + 1], m[b : b + 1]
        soft = word_kd(*alone, alpha=1.0).item()
        assert TERMS["ce"](s, t, y, m)[b].item() == pytest.approx(soft)
        hard = nll(alone[0], *alone[2:]).item()
        assert TERMS["sentence"](s, t, y, m)[b].item() == pytest.approx(hard)


def test_kl_is_cross_entropy_less_the_teachers_own() -> None:
    s, t, y, m = some(3)
    less = TERMS["ce"](s, t, y, m) - TERMS["ce"](t, t, y, m)
    assert torch.allclose(TERMS["kl"](s, t, y, m), less)


def test_a_short_sentence_counts_as_much_as_a_long_one() -> None:
    per_token = torch.tensor([[4.0, 2.0], [1.0, 99.0]])
    means = sentence_mean(per_token, torch.tensor([[True, True], [True, False]]))
    assert means.tolist() == [3, 1]


@every_term
def test_the_gradient_is_the_derivative(term) -> None:
    s, t, y, m = some(7)
    assert torch.autograd.gradcheck(lambda x: term(x, t, y, m), s.requires_grad_())


@every_term
@pytest.mark.parametrize("garbage", [float("inf"), float("-inf"), float("nan")])
def test_what_padding_holds_changes_neither_value_nor_gradient(term, garbage: float) -> None:
    s, t, y, m = some(3)
    clean, dirty, t_dirty = s.clone(), s.clone(), t.clone()
    dirty[~m] = t_dirty[~m] = garbage
    values = []
    for x, q, target in ((clean, t, y), (dirty, t_dirty, y.masked_fill(~m, -100))):
        values.append(term(x.requires_grad_(), q, target, m))
        values[-1].sum().backward()
    assert torch.equal(*values)
    assert torch.equal(clean.grad, dirty.grad)


@every_term
def test_a_sentence_of_padding_alone_adds_nothing(term) -> None:
    s, t, y, m = some(2)
    value = term(s.requires_grad_(), t, y, m)
    value.sum().backward()
    assert (value[2].item(), s.grad[2].abs().sum().item()) == (0, 0)


@pytest.mark.parametrize("measure", ["kl", "ce"])
def test_a_teachers_minus_infinity_is_probability_zero(measure: str) -> None:
    teacher, student = TEACHER.clone(), STUDENT.clone().requires_grad_()
    teacher[..., 2:] = float("-inf")
    q, log_p = TEACHER[0, 0, :2].softmax(-1), STUDENT[0, 0].log_softmax(-1)[:2]
    by_hand = (q * ((q.log() if measure == "kl" else 0) - log_p)).sum()
    value = soft_token(student, teacher, REAL, measure)
    value.backward()
    assert value.item() == pytest.approx(by_hand.item())
    assert student.grad.isfinite().all()


def test_logits_of_another_prefix_are_refused_with_both_shapes() -> None:
    with pytest.raises(ShapeError, match=r"\[1, 2, 6\]; expected \[1, 1, 6\]"):
        soft_token(STUDENT, torch.zeros(1, 2, 6), REAL)


@given(g=st.floats(0, 1), tok=st.floats(0, 9), sent=st.floats(0, 9))
@settings(max_examples=30, deadline=None)
def test_a_gate_mixes_and_its_gradient_is_the_difference(g: float, tok: float, sent: float) -> None:
    gate = torch.full((2,), g, dtype=torch.double, requires_grad=True)
    loss = gated(torch.full((2,), tok).double(), torch.full((2,), sent).double(), gate)
    loss.backward()
    assert loss.item() == pytest.approx(g * tok + (1 - g) * sent, abs=1e-5)
    assert gate.grad.tolist() == pytest.approx([(tok - sent) / 2] * 2, abs=1e-5)


def test_levelling_has_no_value_and_takes_the_usual_difference_from_the_gradient() -> None:
    gate = torch.tensor([0.2, 0.9], requires_grad=True)
    loss = levelled(gate, torch.tensor(1.0), torch.tensor(3.0))
    loss.backward()
    assert loss.item() == 0
    assert gate.grad.tolist() == [1.0, 1.0]


def test_the_entropy_of_a_gate_that_is_certain_is_zero_with_a_finite_gradient() -> None:
    gate = torch.tensor([0.0, 1.0], requires_grad=True)
    gate_entropy(gate).backward()
    assert gate_entropy(gate).item() == pytest.approx(0, abs=1e-4)
    assert gate.grad.isfinite().all()


def settled(remedy, tok: float, sent: float) -> float:
    """g = sigmoid(c) after gradient descent on c alone, the two terms held where they are."""
    c = torch.zeros((), requires_grad=True)
    token, sentence = torch.tensor([tok]), torch.tensor([sent])
    for _ in range(2000):
        gate = c.sigmoid()[None]
        (gradient,) = torch.autograd.grad(
            gated(token, sentence, gate) + remedy(gate, token.mean(), sentence.mean()), c
        )
        c.data -= gradient
    return c.sigmoid().item()


@pytest.mark.parametrize(("tok", "sent", "end"), [(0.2, 0.7, 1), (0.7, 0.2, 0)])
def test_a_gate_left_alone_ends_at_the_smaller_term(tok: float, sent: float, end: int) -> None:
    assert settled(lambda *_: 0.0, tok, sent) == pytest.approx(end, abs=0.01)


@pytest.mark.parametrize(("tok", "sent"), [(0.2, 0.7), (0.7, 0.2)])
def test_levelling_stops_the_drift(tok: float, sent: float) -> None:
    assert settled(levelled, tok, sent) == pytest.approx(0.5, abs=1e-4)


def test_an_entropy_bonus_bounds_the_drift_where_the_formula_says() -> None:
    end = settled(lambda gate, *_: -0.5 * gate_entropy(gate), 0.2, 0.7)
    assert end == pytest.approx(1 / (1 + math.exp(-(0.7 - 0.2) / 0.5)), abs=1e-3)


def words() -> Encoded:
    """The invented training set."""
    return tiny.encoded(tiny.text().train)


def said() -> Encoded:
    """The same sources with what a teacher might say: the targets of the pairs before."""
    data = words()
    return Encoded(data.source, [data.target[i - 1] for i in range(len(data))])


def lesson(seed: int = 1) -> Lesson:
    """An untrained student and teacher, in eval mode."""
    student, teacher = tiny.translator().model, tiny.translator(seed=9).model
    return Lesson(student, words(), 8, seed, teacher, online(teacher), said)


def logits(network: nn.Module, of: Batch) -> Tensor:
    """Teacher-forced."""
    return network(of.source, of.source_mask, of.prefix)


ROWS = [3, 40, 41, 70]


def test_a_gate_of_one_is_word_kd_averaged_per_sentence() -> None:
    one = lesson()
    loss, _ = prepare(Hybrid("fixed", 1.0, "ce"), one)(one.student, words().batch(ROWS))
    each = []
    for row in ROWS:
        alone = words().batch([row])
        mine, hers = logits(one.student, alone), logits(one.teacher, alone)
        each.append(word_kd(mine, hers, alone.target, alone.mask, alpha=1.0).item())
    assert loss.item() == pytest.approx(sum(each) / len(each), rel=1e-5)


def test_a_gate_of_zero_is_the_likelihood_of_what_the_teacher_said_per_sentence() -> None:
    one = lesson()
    loss, _ = prepare(Hybrid("fixed", 0.0), one)(one.student, words().batch(ROWS))
    each = []
    for row in ROWS:
        alone = said().batch([row])
        each.append(nll(logits(one.student, alone), alone.target, alone.mask).item())
    assert loss.item() == pytest.approx(sum(each) / len(each), rel=1e-5)


def test_a_free_gate_begins_as_the_fixed_half() -> None:
    one, batch = lesson(), words().batch(ROWS)
    free, fixed = (prepare(Hybrid(gate), one)(one.student, batch) for gate in ("free", "fixed"))
    assert free[0].item() == pytest.approx(fixed[0].item())
    assert (free[1]["gate"], free[1]["gate_spread"]) == (0.5, 0)


def test_the_encoder_gets_no_gradient_through_the_gate() -> None:
    one, batch = lesson(), words().batch(ROWS)
    objective = prepare(Hybrid(), one)
    nn.init.normal_(objective.gate.line.weight)
    gate = objective.gate(batch, state := torch.randn(4, 8, requires_grad=True))
    gate.sum().backward()
    assert state.grad is None
    assert objective.gate.line.weight.grad.abs().sum() > 0


def test_student_and_gate_are_trained_and_the_teacher_is_not() -> None:
    one, batch = lesson(), words().batch(ROWS)
    objective = prepare(Hybrid(), one)
    objective(one.student, batch)[0].backward()
    assert all(p.grad is not None for p in one.student.parameters())
    assert objective.gate.line.weight.grad.abs().sum() > 0
    assert all(p.grad is None for p in one.teacher.parameters())
    assert len(list(objective.parameters())) == 1


def test_a_gate_reads_the_mean_of_real_encoder_states() -> None:
    one, batch = lesson(), words().batch([3, 40])
    objective = prepare(Hybrid(centred="no"), one)
    nn.init.normal_(objective.gate.line.weight)
    _, log = objective(one.student, batch)
    states = one.student.trace(batch.source, batch.source_mask, batch.prefix).encoder[-1]
    mean = torch.stack([h[m].mean(0) for h, m in zip(states, batch.source_mask, strict=True)])
    g = objective.gate.line(mean).sigmoid()
    assert (log["gate"], log["gate_spread"]) == pytest.approx(
        (g.mean().item(), g.std(correction=0).item()), abs=1e-6
    )


def where_it_ends(method: Hybrid) -> float:
    """The mean gate after some updates of a student for which KL is the smaller term at first."""
    settings = replace(tiny.SETTINGS, updates=30, every=30, optimiser=tiny.Adam(5e-2))
    session = tiny.session(objective=prepare(method, lesson()), settings=settings)
    first, *_, last = (record.log for record in session.records())
    assert first["token"] < first["sentence"]
    return last["gate"]


def test_a_free_gate_drifts_to_the_smaller_term() -> None:
    assert where_it_ends(Hybrid(centred="no")) > 0.9


def test_a_gate_relative_to_its_batch_does_not_drift() -> None:
    assert 0.45 < where_it_ends(Hybrid()) < 0.55


def test_a_running_mean_trades_one_drift_for_another() -> None:
    assert where_it_ends(Hybrid(centred="running")) < 0.35  # to the term that falls faster


def test_an_entropy_bonus_holds_the_gate_back() -> None:
    assert 0.55 < where_it_ends(Hybrid(centred="no", entropy=4.0)) < 0.75


def test_a_relative_gate_ignores_what_all_sentences_of_a_batch_share() -> None:
    one, batch = lesson(), words().batch(ROWS)
    gate = prepare(Hybrid(), one).gate
    nn.init.normal_(gate.line.weight)
    state = torch.randn(4, 8)
    logit = gate(batch, state).logit()
    assert torch.allclose(gate(batch, state + torch.randn(8)).logit(), logit, atol=1e-5)
    assert logit.mean().item() == pytest.approx(0, abs=1e-6)
    assert logit.std() > 0.1


def test_the_usual_values_start_at_the_first_batch_and_follow() -> None:
    objective = prepare(Hybrid(centred="running"), lesson())
    objective._usual(torch.tensor([1.0, 3.0]), torch.tensor([4.0, 4.0]))
    assert objective.usual.tolist() == [2, 4]
    objective._usual(torch.tensor([12.0]), torch.tensor([4.0]))
    assert objective.usual.tolist() == pytest.approx([3, 4])


def random_gates(objective: nn.Module, rows: list[int]) -> list[float]:
    """The next update's."""
    return objective.gate(words().batch(rows), torch.zeros(len(rows), 8)).tolist()


def test_a_random_gate_is_a_function_of_row_seed_and_update() -> None:
    first, again = (prepare(Hybrid("random"), lesson()) for _ in range(2))
    at_once, next_time = random_gates(first, [3, 40, 70]), random_gates(first, [3, 40, 70])
    assert at_once == random_gates(again, [70, 40, 3])[::-1]
    other = random_gates(prepare(Hybrid("random"), lesson(seed=2)), [3, 40, 70])
    assert len({*at_once, *next_time, *other}) == 9


def test_a_random_gate_is_even_over_the_unit_interval() -> None:
    drawn = torch.tensor(random_gates(prepare(Hybrid("random"), lesson()), list(range(96))))
    assert abs(drawn.mean() - 0.5) < 0.12  # four standard errors: 4 sqrt(1/12/96)
    assert 0 <= drawn.min() < 0.1 and 0.9 < drawn.max() <= 1


METHODS = {
    "free": Hybrid(),
    "free, running": Hybrid(token="ce", centred="running", entropy=0.1),
    "fixed": Hybrid("fixed", 0.25),
    "random": Hybrid("random"),
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_resume_is_bit_for_bit(method: Hybrid, tmp_path: Path) -> None:
    def session() -> tiny.Session:
        return tiny.session(objective=prepare(method, lesson()))

    whole, resumed = session(), session()
    records = tiny.fitted(whole)
    tiny.fitted(session(), tmp_path / "c", updates=5)
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))
    assert records[-1]["log"].keys() == {"gate", "gate_spread", "token", "sentence"}


def test_the_grammar_can_be_the_teacher() -> None:
    pairs = tiny.Pairs("two", tiny.SOURCE_WORDS[:2], ("dorma relu", "relu"))
    data, teacher = tiny.encoded(pairs), tiny.exact()
    one = replace(lesson(), data=data, teacher=teacher, logits=online(teacher), said=lambda: data)
    loss, _ = prepare(Hybrid(), one)(one.student, data.batch([0, 1]))
    loss.backward()
    assert loss.isfinite()
    assert all(p.grad.isfinite().all() for p in one.student.parameters())


def test_a_recipe_with_a_gate_is_restored_from_its_description() -> None:
    assert restore(describe(Hybrid("fixed", 0.25))) == Hybrid("fixed", 0.25)


@pytest.mark.parametrize("without", ["logits", "said"])
def test_a_lesson_without_a_teachers_sentences_is_refused(without: str) -> None:
    with pytest.raises(RecipeError, match="needs a teacher"):
        prepare(Hybrid(), replace(lesson(), **{without: None}))


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"gate": "open"}, "gate is 'open'; expected 'free', 'fixed' or 'random'"),
        ({"token": "mse"}, "token is 'mse'; expected 'kl' or 'ce'"),
        ({"centred": "yes"}, "centred is 'yes'; expected 'batch', 'running' or 'no'"),
        ({"g": 1.5}, "g is 1.5; expected a number from 0 to 1"),
        ({"entropy": -1.0}, "entropy is -1.0; expected a number from 0 to 100"),
    ],
)
def test_numbers_out_of_range_are_refused(numbers: dict, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        Hybrid(**numbers)
