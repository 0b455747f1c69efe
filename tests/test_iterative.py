"""TIE-KD: which prefixes are read, what the loss adds up to, exact resume, bad input."""

from pathlib import Path

import pytest
import tiny
import torch
from torch import Tensor, nn

from kdlab.batching import Batch, shift
from kdlab.distill import cache_top_k
from kdlab.errors import RecipeError
from kdlab.experiments.recipes import describe, restore
from kdlab.experiments.runs import RunStore
from kdlab.experiments.train import train
from kdlab.losses import NLL, RankingKD, WordKD, nll, word_kd
from kdlab.objectives import IterativeKD, Lesson, Objective, online, prepare

LOSSES = {"word": WordKD(0.7), "ranking": RankingKD(0.7, 3)}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
every_model = pytest.mark.parametrize("config", tiny.CONFIGS.values(), ids=tiny.CONFIGS)


def train_batch() -> Batch:
    return tiny.encoded(tiny.text().train).batch(range(6))


def objective(method: object, teacher: nn.Module | None = None) -> Objective:
    """For a training with an untrained teacher."""
    teacher = teacher or tiny.translator(seed=4).model
    data = tiny.encoded(tiny.text().train)
    return prepare(method, Lesson(nn.Identity(), data, 8, teacher=teacher, logits=online(teacher)))


def logits(network: nn.Module, batch: Batch, prefix: Tensor) -> Tensor:
    return network(batch.source, batch.source_mask, prefix)


class Listening(nn.Module):
    """A model that remembers the prefixes it read."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network, self.read = network, []

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        self.read.append(prefix)
        return self.network(source, source_mask, prefix)


@every_loss
@every_model
def test_one_iteration_is_the_loss_alone(loss: object, config: object) -> None:
    student, batch = tiny.translator(config).model, train_batch()
    once, _ = objective(IterativeKD(loss, iterations=1))(student, batch)
    alone, _ = objective(loss)(student, batch)
    assert once.item() == pytest.approx(alone.item(), rel=1e-6)


@every_loss
def test_one_iteration_has_the_gradient_of_the_loss_alone(loss: object) -> None:
    found = []
    for method in (IterativeKD(loss, iterations=1), loss):
        student = tiny.translator().model
        objective(method)(student, train_batch())[0].backward()
        found.append(torch.cat([p.grad.flatten() for p in student.parameters()]))
    assert torch.allclose(*found, atol=1e-6)


@every_model
def test_student_and_teacher_read_what_the_student_said_last(config: object) -> None:
    student, teacher = (Listening(tiny.translator(config, s).model) for s in (1, 2))
    batch = train_batch()
    objective(IterativeKD(), teacher)(student, batch)
    expected = [batch.prefix]
    for _ in range(2):
        expected.append(shift(logits(student.network, batch, expected[-1]).argmax(-1)))
    assert not torch.equal(expected[0], expected[1])
    for model in (student, teacher):
        assert all(map(torch.equal, model.read, expected)) and len(model.read) == 3


@every_loss
def test_gold_counts_once_and_each_pass_a_share(loss: WordKD | RankingKD) -> None:
    student, teacher = tiny.translator().model, tiny.translator(seed=4).model
    batch = train_batch()
    own = shift(logits(student, batch, batch.prefix).argmax(-1))
    only_kd = type(loss)(**{**vars(loss), "alpha": 1.0})
    terms = [
        only_kd(*(logits(m, batch, prefix) for m in (student, teacher)), batch.target, batch.mask)
        for prefix in (batch.prefix, own)
    ]
    gold = nll(logits(student, batch, batch.prefix), batch.target, batch.mask)
    found, log = objective(IterativeKD(loss, iterations=2))(student, batch)
    assert found.item() == pytest.approx((0.3 * gold + 0.35 * sum(terms)).item(), rel=1e-6)
    assert list(log.values()) == pytest.approx([term.item() for term in terms])
    assert list(log) == ["kd_1", "kd_2"]


@every_model
def test_a_gradient_reaches_the_whole_student_and_nothing_of_the_teacher(config: object) -> None:
    student, teacher = tiny.translator(config).model, tiny.translator(seed=4).model
    objective(IterativeKD(RankingKD(1.0)), teacher)(student, train_batch())[0].backward()
    assert all(p.grad is not None for p in student.parameters() if p.requires_grad)
    assert all(p.grad is None for p in teacher.parameters())


def test_what_was_said_is_read_with_dropout_on() -> None:
    student, batch = Listening(tiny.translator().model).train(), train_batch()
    made = objective(IterativeKD())
    torch.manual_seed(3)
    made(student, batch)
    torch.manual_seed(3)
    dropped = logits(student.network, batch, batch.prefix)
    assert torch.equal(student.read[1], shift(dropped.argmax(-1)))
    whole = logits(student.network.eval(), batch, batch.prefix)
    assert not torch.equal(student.read[1], shift(whole.argmax(-1)))


def test_more_padding_changes_nothing() -> None:
    student, batch = tiny.translator().model, train_batch()
    wide = batch.with_target(
        torch.cat([batch.target, torch.zeros_like(batch.target)], 1),
        torch.cat([batch.mask, torch.zeros_like(batch.mask)], 1),
    )
    found = [objective(IterativeKD())(student, b)[0].item() for b in (batch, wide)]
    assert found[0] == pytest.approx(found[1], rel=1e-5)


@every_loss
def test_training_resumes_bit_for_bit(loss: object, tmp_path: Path) -> None:
    method = IterativeKD(loss, iterations=2)
    whole = tiny.session(objective=objective(method))
    records = tiny.fitted(whole)
    tiny.fitted(tiny.session(objective=objective(method)), tmp_path / "c", updates=5)
    resumed = tiny.session(objective=objective(method), seed=1)
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


def test_it_has_nothing_to_train_or_remember() -> None:
    made = objective(IterativeKD())
    assert (list(made.parameters()), dict(made.state_dict())) == ([], {})


def test_training_comes_nearer_to_the_teacher_under_every_prefix() -> None:
    made = objective(IterativeKD(WordKD(1.0), iterations=2))
    logs = [record.log for record in tiny.session(objective=made).records()]
    assert logs[-1]["kd_1"] < logs[0]["kd_1"]
    assert logs[-1]["kd_2"] < logs[0]["kd_2"]


def test_a_recipe_carries_it_to_a_trained_student(tmp_path: Path) -> None:
    recipe = tiny.recipe(loss=IterativeKD(iterations=2))
    store = RunStore(tmp_path / "runs")
    run = train(recipe, tiny.corpus(), tiny.translator(seed=4), store=store)
    assert set(run.history[-1]["log"]) == {"kd_1", "kd_2"}
    assert restore(describe(recipe)) == recipe


def test_stored_logits_serve_the_gold_prefix_and_the_teacher_the_others() -> None:
    student, teacher = tiny.translator(), tiny.translator(seed=4)
    data, batch, listening = (
        tiny.encoded(tiny.text().train),
        train_batch(),
        Listening(teacher.model),
    )
    cached = cache_top_k(teacher, data, k=3)
    lesson = Lesson(student.model, data, 8, teacher=listening, logits=cached)
    _, log = prepare(IterativeKD(WordKD(), 2), lesson)(student.model, batch)
    first = logits(student.model, batch, batch.prefix)
    expected = word_kd(first, cached(batch), batch.target, batch.mask, alpha=1.0)
    assert log["kd_1"] == pytest.approx(expected.item())
    assert len(listening.read) == 1 and torch.equal(listening.read[0], shift(first.argmax(-1)))


def test_stored_logits_alone_are_refused_for_more_than_one_iteration() -> None:
    data = tiny.encoded(tiny.text().train)
    cached = cache_top_k(tiny.translator(), data, k=3)
    lesson = Lesson(tiny.translator().model, data, 8, logits=cached)
    with pytest.raises(RecipeError, match="iterations is 3 but there are only stored logits"):
        prepare(IterativeKD(), lesson)
    once, _ = prepare(IterativeKD(iterations=1), lesson)(tiny.translator().model, train_batch())
    assert once.isfinite()


def test_the_grammars_exact_teacher_cannot_read_a_students_prefix() -> None:
    pairs = tiny.Pairs("one", (tiny.SOURCE_WORDS[0],), ("dorma relu",))
    batch, student = tiny.encoded(pairs).batch([0]), tiny.translator().model
    once, _ = objective(IterativeKD(iterations=1), tiny.exact())(student, batch)
    assert once.isfinite()
    with pytest.raises(RecipeError, match="begins no translation that the grammar knows"):
        objective(IterativeKD(), tiny.exact())(student, batch)


def test_a_training_without_a_teacher_is_refused() -> None:
    lesson = Lesson(tiny.translator().model, tiny.encoded(tiny.text().train), 8)
    with pytest.raises(RecipeError, match=r"IterativeKD\(loss=RankingKD\(.*\) needs a teacher"):
        prepare(IterativeKD(), lesson)


def test_a_loss_without_a_teachers_term_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"loss is NLL\(\); expected WordKD\(…\) or RankingKD"):
        IterativeKD(NLL())


def test_no_iteration_is_refused() -> None:
    with pytest.raises(RecipeError, match="iterations is 0; expected 1 or more"):
        IterativeKD(iterations=0)
