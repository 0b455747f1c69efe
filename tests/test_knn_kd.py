"""kNN-KD: targets looked up once, by position; exact resume; nothing asked of the teacher later."""

import dataclasses
from pathlib import Path

import pytest
import tiny
import torch
from torch import Tensor, nn

import kdlab as kd
from kdlab.batching import Batch, Encoded, pad
from kdlab.errors import RecipeError, ShapeError
from kdlab.experiments.recipes import describe, restore
from kdlab.losses import knn_kd, knn_target
from kdlab.models import Trace
from kdlab.objectives import Datastore, KnnKD, Lesson, Objective, online, prepare

SMALL = KnnKD(k=4, temperature=None)


def train_set() -> Encoded:
    return tiny.encoded(tiny.text().train)


def lesson(teacher: nn.Module | None = None, data: Encoded | None = None) -> Lesson:
    """A student's training of a few updates, with another network as the teacher."""
    teacher = teacher or tiny.translator(tiny.PLAIN_RNN, seed=4).model
    return Lesson(
        tiny.translator().model, data or train_set(), 8, teacher=teacher, logits=online(teacher)
    )


def prepared(method: KnnKD = SMALL) -> Objective:
    return prepare(method, lesson())


@pytest.mark.parametrize("alone", [False, True])
def test_targets_are_those_of_the_batchs_own_positions(alone: bool) -> None:
    objective = prepared(KnnKD(k=4, temperature=2.0, leave_one_out=alone))
    store, batch = Datastore.of(lesson().teacher, train_set()), train_set().batch([7, 3, 50])
    distances, tokens = store.neighbours(4, leave_one_out=alone)
    every = knn_target(tokens, distances, store.target_size, 2.0)  # [P, V]
    first = sum(map(len, train_set().target[:3]))  # row 3 is the batch's second
    own = every[first : first + len(train_set().target[3])]
    assert torch.equal(objective.targets(batch)[1, : len(own)], own)


def test_the_loss_is_that_of_the_targets_and_the_log_tells_golds_share() -> None:
    objective, batch = prepared(KnnKD(k=4, temperature=2.0, weight=0.5)), train_set().batch([7, 3])
    student, near = tiny.translator().model, objective.targets(batch)
    loss, log = objective(student, batch)
    logits = student(batch.source, batch.source_mask, batch.prefix)
    assert loss == knn_kd(logits, near, batch.target, batch.mask, weight=0.5)
    gold = near.gather(-1, batch.target[..., None])[..., 0][batch.mask]
    assert log == {"p_kNN of gold": pytest.approx(gold.mean().item())}


def test_without_itself_a_position_is_told_less_of_its_gold_piece() -> None:
    batch, student = train_set().batch(range(40)), tiny.translator().model
    itself, others = (
        prepared(dataclasses.replace(SMALL, leave_one_out=alone))(student, batch)[1].popitem()[1]
        for alone in (False, True)
    )
    assert itself > others + 0.1


def test_no_temperature_means_the_median_distance() -> None:
    store = Datastore.of(lesson().teacher, train_set())
    median = store.neighbours(4, leave_one_out=False)[0].median().item()
    batch, same = train_set().batch(range(9)), KnnKD(k=4, temperature=median)
    assert torch.equal(prepared(SMALL).targets(batch), prepared(same).targets(batch))


def test_the_same_lesson_gives_the_same_targets() -> None:
    batch = train_set().batch(range(20))
    assert torch.equal(prepared().targets(batch), prepared().targets(batch))


def test_preparing_draws_no_random_number() -> None:
    before = torch.get_rng_state()
    prepared()
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("config", [tiny.TRANSFORMER, tiny.PLAIN_RNN], ids=["transformer", "rnn"])
def test_a_training_resumes_bit_for_bit(config: object, tmp_path: Path) -> None:
    whole = tiny.session(config, prepared())
    records = tiny.fitted(whole)
    tiny.fitted(tiny.session(config, prepared()), tmp_path / "c", updates=5)
    resumed = tiny.session(config, prepared(), seed=1)
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


def test_it_learns() -> None:
    session = tiny.session(objective=prepared())
    losses = [record.loss for record in session.records()]
    assert losses[-1] < losses[0] - 0.1


def test_a_gradient_reaches_the_student_and_not_the_teacher() -> None:
    given = lesson()
    loss, _ = prepare(SMALL, given)(given.student, given.data.batch(range(6)))
    loss.backward()
    trained = [p for p in given.student.parameters() if p.requires_grad]
    assert all(p.grad is not None for p in trained)
    assert all(p.grad is None for p in given.teacher.parameters())


def test_it_has_nothing_to_train_or_remember() -> None:
    objective = prepared()
    objective.load_state_dict(objective.state_dict())
    assert (list(objective.parameters()), dict(objective.state_dict())) == ([], {})


def test_the_teacher_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given = lesson()
    objective = prepare(SMALL, given)
    monkeypatch.setattr(type(given.teacher), "trace", None)
    loss, _ = objective(given.student, given.data.batch([0, 1]))
    assert loss > 0


def test_padding_changes_no_loss() -> None:
    objective, student, data = prepared(), tiny.translator().model, train_set()
    alone = [objective(student, data.batch([i]))[0].item() for i in (0, 1)]
    tokens = [len(data.target[i]) for i in (0, 1)]
    both = objective(student, data.batch([0, 1]))[0].item()
    expected = sum(a * n for a, n in zip(alone, tokens, strict=True)) / sum(tokens)
    assert both == pytest.approx(expected, abs=1e-5)


def test_a_batch_of_other_data_is_refused() -> None:
    objective, batch = prepared(), train_set().batch([5])
    longer = batch.with_target(*pad([[4] * batch.tokens + [2]]))
    with pytest.raises(
        ShapeError, match="sentence 5 has .* target pieces but the teacher's table holds"
    ):
        objective(tiny.translator().model, longer)


def test_a_student_is_trained_by_a_recipe_that_names_it() -> None:
    recipe = tiny.recipe(loss=KnnKD(k=4, temperature=None, leave_one_out=True))
    run = kd.train(recipe, tiny.corpus(), teacher=tiny.translator(tiny.PLAIN_RNN, seed=4))
    assert run.updates == tiny.SETTINGS.updates
    assert restore(describe(run.recipe)) == recipe


def test_the_exact_teacher_is_refused() -> None:
    data = Encoded(
        tiny.tokenizer().encode_source([tiny.SOURCE_WORDS[1]]),
        tiny.tokenizer().encode_target([tiny.TARGET_WORDS[1]]),
    )
    with pytest.raises(RecipeError, match="ExactModel has no hidden states .* a trained teacher"):
        prepare(SMALL, lesson(tiny.exact(), data))


def test_without_a_teacher_it_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"KnnKD\(k=64, .*\) needs a teacher; give one"):
        prepare(KnnKD(), Lesson(tiny.translator().model, train_set(), 8))


def test_more_neighbours_than_positions_are_refused() -> None:
    one = Encoded([[4, 2]], [[5, 4, 2]])
    with pytest.raises(RecipeError, match="k is 64; expected 1 to 3, the positions in the store"):
        prepare(KnnKD(), lesson(data=one))


class Constant(nn.Module):
    """A teacher to whom all contexts are the same."""

    target_size = 24

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        return Trace(torch.zeros(*prefix.shape, 24), decoder=(torch.ones(*prefix.shape, 3),))

    def forward(self, batch: Batch) -> Tensor:
        raise AssertionError("asked for logits")


def test_a_median_distance_of_zero_is_refused_as_a_temperature() -> None:
    with pytest.raises(RecipeError, match="median distance of a neighbour is 0, which is no temp"):
        prepare(SMALL, lesson(Constant()))


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("k", 0, "1 or more, a whole"),
        ("temperature", -1.0, "a number above 0"),
        ("temperature", float("nan"), "a number above 0"),
        ("weight", 0.0, "a number above 0"),
        ("index", "pq", "'exact' or 'ivf'"),
    ],
)
def test_a_number_out_of_range_is_refused(field: str, value: object, expected: str) -> None:
    with pytest.raises(RecipeError, match=f"{field} is {value!r}; expected {expected}"):
        KnnKD(**{field: value})
