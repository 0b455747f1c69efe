"""Objectives: the plain one, teachers, and three hard ones made up here that resume exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import tiny
import torch
from torch import Tensor, nn

from kdlab.batching import Batch, pad
from kdlab.distill import cache_top_k
from kdlab.errors import RecipeError, ShapeError
from kdlab.losses import NLL, WordKD, nll, word_kd
from kdlab.metrics import log_probs
from kdlab.objectives import CachedTeacher, Plain, online
from kdlab.search import greedy


def train_batch(rows: Iterable[int] = range(6)) -> Batch:
    """Some of the invented training set."""
    return tiny.encoded(tiny.text().train).batch(list(rows))


def logits(network: nn.Module, batch: Batch) -> Tensor:
    """Teacher-forced."""
    return network(batch.source, batch.source_mask, batch.prefix)


def test_the_plain_objective_is_its_loss_on_the_batchs_prefix() -> None:
    student, batch = tiny.translator().model, train_batch()
    loss, log = Plain(NLL())(student, batch)
    assert loss == nll(logits(student, batch), batch.target, batch.mask)
    assert log == {}


def test_the_plain_objective_gives_its_loss_the_teachers_logits() -> None:
    student, teacher = tiny.translator(seed=0).model, tiny.translator(seed=1).model
    batch = train_batch()
    loss, _ = Plain(WordKD(0.7), online(teacher))(student, batch)
    expected = word_kd(
        logits(student, batch), logits(teacher, batch), batch.target, batch.mask, alpha=0.7
    )
    assert loss == expected


def test_a_teacher_is_asked_without_dropout_and_without_gradient() -> None:
    teacher = tiny.translator().model.train()
    said = online(teacher)
    first, second = said(train_batch()), said(train_batch())
    assert torch.equal(first, second)
    assert not first.requires_grad


def test_a_loss_that_needs_no_teacher_does_not_ask_one() -> None:
    def refuse(batch: Batch) -> Tensor:
        raise AssertionError("asked")

    Plain(NLL(), refuse)(tiny.translator().model, train_batch())


def test_a_loss_that_needs_a_teacher_is_refused_without_one() -> None:
    with pytest.raises(RecipeError, match=r"WordKD\(alpha=0.5, temperature=1.0\) needs a teacher"):
        Plain(WordKD())


def test_the_plain_objective_has_nothing_to_train_or_remember() -> None:
    plain = Plain(NLL())
    plain.load_state_dict(plain.state_dict())
    assert (list(plain.parameters()), plain.state_dict()) == ([], {})


def test_a_cache_of_nearly_all_pieces_is_the_teacher() -> None:
    teacher, data = tiny.translator(), tiny.encoded(tiny.text().train)
    cached = cache_top_k(teacher, data, k=teacher.model.target_size - 1)
    batch = train_batch()
    q = logits(teacher.model, batch).softmax(-1)[batch.mask]
    assert torch.allclose(cached(batch).exp()[batch.mask], q, atol=1e-6)


@pytest.mark.parametrize("k", [1, 4])
def test_a_cache_keeps_the_best_and_spreads_the_rest(k: int) -> None:
    teacher, data = tiny.translator(), tiny.encoded(tiny.text().train)
    batch = train_batch()
    cached = cache_top_k(teacher, data, k)(batch).exp()[batch.mask]
    best = logits(teacher.model, batch).softmax(-1)[batch.mask].topk(k)
    assert torch.allclose(cached.gather(-1, best.indices), best.values, atol=1e-6)
    others = cached.scatter(-1, best.indices, float("nan"))
    others = others[~others.isnan()].view(len(cached), -1)
    assert torch.allclose(others, others[:, :1].expand_as(others))
    assert torch.allclose(cached.sum(-1), torch.ones(len(cached)), atol=1e-5)


def test_a_cache_says_the_same_whatever_the_order_of_rows() -> None:
    cached = cache_top_k(tiny.translator(), tiny.encoded(tiny.text().train), k=3)
    forward, backward = train_batch([3, 70]), train_batch([70, 3])
    T = int(forward.mask[0].sum())
    assert torch.equal(cached(forward)[0, :T], cached(backward)[1, :T])


def test_a_cache_says_nothing_past_a_sentences_end() -> None:
    cached, batch = (
        cache_top_k(tiny.translator(), tiny.encoded(tiny.text().train), 3),
        train_batch(),
    )
    assert not batch.mask.all()
    assert (cached(batch) == 0).all(-1).equal(~batch.mask)


def test_a_cache_asked_about_other_data_is_refused_with_both_lengths() -> None:
    teacher, data = tiny.translator(), tiny.encoded(tiny.text().train)
    cached, batch = cache_top_k(teacher, data, k=3), train_batch([5])
    n = int(batch.mask.sum())
    longer = batch.with_target(*pad([[4] * n + [2]]))
    with pytest.raises(ShapeError, match=f"sentence 5 has {n + 1} target pieces .* holds {n};"):
        cached(longer)


def test_a_cache_of_the_whole_vocabulary_is_refused() -> None:
    none = torch.zeros(0, 6)
    with pytest.raises(RecipeError, match="k is 6; expected less than the vocabulary, 6"):
        CachedTeacher(none.long(), none, torch.zeros(1), 6)


class Queue:
    """A memory, as selective distillation has: the harder half of recent sentences is learned."""

    def __init__(self) -> None:
        self.recent = torch.zeros(0)

    def __call__(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        log_p = logits(student, batch).log_softmax(-1).gather(-1, batch.target[..., None])[..., 0]
        hardness = -(log_p.masked_fill(~batch.mask, 0)).sum(1)  # [B]
        self.recent = torch.cat([self.recent, hardness.detach()])[-32:]
        chosen = (hardness >= self.recent.median())[:, None] & batch.mask
        return nll(logits(student, batch), batch.target, chosen), {"kept": float(chosen.sum())}

    def parameters(self) -> Iterable[nn.Parameter]:
        return ()

    def state_dict(self) -> dict[str, Tensor]:
        return {"recent": self.recent}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        self.recent = state["recent"]


class Hint:
    """A wide teacher's last hidden states, met by the student's through a learned projection."""

    def __init__(self, teacher: nn.Module, narrow: int, wide: int) -> None:
        self.teacher = teacher
        torch.manual_seed(5)
        self.project = nn.Linear(narrow, wide)

    def __call__(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        inputs = batch.source, batch.source_mask, batch.prefix
        mine = student.trace(*inputs)
        with torch.no_grad():
            hers = self.teacher.trace(*inputs).decoder[-1]
        gap = (self.project(mine.decoder[-1]) - hers)[batch.mask].pow(2).mean()
        return nll(mine.logits, batch.target, batch.mask) + gap, {"gap": gap.item()}

    def parameters(self) -> Iterable[nn.Parameter]:
        return self.project.parameters()

    def state_dict(self) -> dict[str, Tensor]:
        return self.project.state_dict()

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        self.project.load_state_dict(state)


@dataclass
class SecondPrefix:
    """Besides gold: what `speaker` (student or teacher) says now is read again by both.

    speaker: None = the student itself
    """

    teacher: nn.Module
    speaker: nn.Module | None = None

    def __call__(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        own = batch.with_target(*self.said(self.speaker or student, batch))
        with torch.no_grad():
            hers = logits(self.teacher, own)
        soft = word_kd(logits(student, own), hers, own.target, own.mask, alpha=1.0)
        gold = nll(logits(student, batch), batch.target, batch.mask)
        return gold + soft, {"own tokens": float(own.tokens)}

    def said(self, speaker: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        was_training = speaker.training
        speaker.eval()
        limit = torch.full((len(batch),), batch.target.size(1) + 2)
        with torch.no_grad():
            state = speaker.start(batch.source, batch.source_mask)
        found = greedy(speaker.step, state, limit)
        speaker.train(was_training)
        return found.tokens[:, 0], found.tokens[:, 0] != 0

    def parameters(self) -> Iterable[nn.Parameter]:
        return ()

    def state_dict(self) -> dict[str, Tensor]:
        return {}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        pass


WIDE = tiny.TransformerConfig(1, 1, width=16, heads=2, ffn=2)


def hint() -> Hint:
    return Hint(tiny.translator(WIDE, seed=9).model, 8, 16)


def second(own: bool) -> SecondPrefix:
    teacher = tiny.translator(tiny.FED_RNN, seed=9).model
    return SecondPrefix(teacher, None if own else teacher)


HARD = {
    "queue": Queue,
    "projection": hint,
    "the student's own prefix": lambda: second(own=True),
    "the teacher's prefix": lambda: second(own=False),
}
every_hard_case = pytest.mark.parametrize("objective", HARD.values(), ids=HARD)


@every_hard_case
@pytest.mark.parametrize("config", [tiny.TRANSFORMER, tiny.PLAIN_RNN], ids=["transformer", "rnn"])
def test_a_hard_objective_resumes_bit_for_bit(objective, config, tmp_path: Path) -> None:
    whole = tiny.session(config, objective())
    records = tiny.fitted(whole)
    tiny.fitted(tiny.session(config, objective()), tmp_path / "c", updates=5)
    resumed = tiny.session(config, objective(), seed=1)
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


@every_hard_case
def test_a_hard_objectives_log_reaches_the_record(objective) -> None:
    first, *_ = tiny.fitted(tiny.session(objective=objective()), updates=2)
    assert len(first["log"]) == 1


def test_a_projection_is_trained_with_the_student() -> None:
    before, session = hint().state_dict()["weight"], tiny.session(objective=hint())
    tiny.fitted(session)
    assert not torch.equal(session.objective.state_dict()["weight"], before)


def test_an_objectives_gradient_is_clipped_with_the_students() -> None:
    session = tiny.session(objective=hint())
    assert {id(p) for p in session.objective.parameters()} <= {id(p) for p in session.trained}


def test_a_cached_teacher_trains_as_the_online_one_does() -> None:
    teacher, data = tiny.translator(seed=4), tiny.encoded(tiny.text().train)
    cached = cache_top_k(teacher, data, k=teacher.model.target_size - 1)
    found = []
    for source in (online(teacher.model), cached):
        session = tiny.session(objective=Plain(WordKD(0.9), source))
        tiny.fitted(session)
        found.append(log_probs(session.model, tiny.encoded(tiny.text().dev)))
    assert torch.allclose(*found, atol=1e-3)
