"""On-policy distillation: whose sentence is read, what is compared there, and what resumes."""

from pathlib import Path

import pytest
import tiny
import torch

from kdlab.batching import Batch
from kdlab.errors import RecipeError
from kdlab.experiments.recipes import describe, restore
from kdlab.losses import Divergence
from kdlab.objectives import Lesson, Objective, OnPolicy, online
from kdlab.special_ids import IDS

TRAIN = tiny.encoded(tiny.text().train)
FORWARD = Divergence("forward_kl", alpha=0.5)


def lesson(seed: int = 1) -> Lesson:
    teacher = tiny.translator(tiny.FED_RNN, seed=9).model
    return Lesson(teacher, TRAIN, tiny.SETTINGS.updates, seed, teacher, online(teacher))


def objective(**numbers) -> Objective:
    return OnPolicy(**numbers).prepare(lesson())


def said(method: Objective, batch: Batch, student: object = None) -> Batch:
    """The batch that the objective would compare on."""
    return method._said(student or tiny.translator().model, batch, seed=4)


def turns(method: Objective, n: int) -> list[float]:
    student, batch = tiny.translator().model, TRAIN.batch([0])
    return [method(student, batch)[1]["on_policy"] for _ in range(n)]


@pytest.mark.parametrize(
    ("share", "low", "high"), [(0.0, 0, 0), (1.0, 40, 40), (0.5, 10, 30), (0.1, 0, 12)]
)
def test_the_share_is_how_many_batches_are_the_students_own(
    share: float, low: int, high: int
) -> None:
    assert low <= sum(turns(objective(share=share), 40)) <= high


def test_never_on_policy_it_is_the_plain_loss() -> None:
    student, batch = tiny.translator().model, TRAIN.batch(range(6))
    loss, log = objective(loss=FORWARD, share=0.0)(student, batch)
    mine = student(batch.source, batch.source_mask, batch.prefix)
    assert loss == FORWARD(mine, lesson().logits(batch), batch.target, batch.mask)
    assert log == {"on_policy": 0.0}


def test_on_policy_it_is_the_divergence_alone_under_what_the_student_says() -> None:
    student, batch = tiny.translator().model, TRAIN.batch(range(6))
    method = objective(loss=FORWARD, share=1.0, temperature=0.0)
    loss, log = method(student, batch)
    own = said(method, batch, student)
    mine = student(own.source, own.source_mask, own.prefix)
    assert loss == FORWARD.apart(mine, lesson().logits(own), own.mask)
    assert log == {"on_policy": 1.0, "length_ratio": own.tokens / batch.tokens}


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_what_the_student_says_is_a_sentence_of_limited_length(temperature: float) -> None:
    batch = TRAIN.batch(range(20))
    own = said(objective(temperature=temperature, max_extra=2), batch)
    lengths = own.mask.sum(1)
    assert (lengths <= batch.mask.sum(1) + 2).all()
    assert (own.target.gather(1, lengths[:, None] - 1) == IDS.eos).all()
    assert ((own.target == IDS.eos).sum(1) == 1).all()
    assert (own.prefix[:, 0] == IDS.bos).all()
    assert torch.equal(own.prefix[:, 1:], own.target[:, :-1])


def test_samples_come_from_the_student_and_differ_from_draw_to_draw() -> None:
    student, batch, method = tiny.translator().model, TRAIN.batch(range(20)), objective()
    first, again, other = (method._said(student, batch, seed).target for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert first.shape != other.shape or not torch.equal(first, other)


def test_a_cold_sample_is_the_greedy_sentence() -> None:
    batch = TRAIN.batch(range(20))
    cold, greedy = (said(objective(temperature=t), batch).target for t in (1e-6, 0.0))
    assert torch.equal(cold, greedy)


def test_sampling_is_without_dropout_or_gradient_and_leaves_the_student_in_training() -> None:
    student, seen = tiny.translator().model.train(), []
    step = student.step
    student.step = lambda *inputs: (
        seen.append((student.training, torch.is_grad_enabled())) or step(*inputs)
    )
    said(objective(), TRAIN.batch(range(20)), student)
    assert set(seen) == {(False, False)}
    assert student.training


def test_the_callers_generator_is_left_as_it_was() -> None:
    student, method = tiny.translator().model, objective(share=1.0)
    before = torch.get_rng_state()
    method(student, TRAIN.batch(range(6)))
    assert torch.equal(torch.get_rng_state(), before)


def test_stored_logits_are_read_under_the_batchs_own_prefix_only() -> None:
    given, read = lesson(), []
    method = OnPolicy(share=0.5).prepare(
        Lesson(
            given.student, TRAIN, 8, 1, given.teacher,
            lambda batch: read.append(batch) or given.logits(batch),
        )
    )  # fmt: skip
    own = turns(method, 12)
    assert 0 < sum(own) < 12
    assert len(read) == 12 - sum(own)
    assert all(torch.equal(batch.target, TRAIN.batch([0]).target) for batch in read)


def test_a_gradient_reaches_the_student_and_not_the_teacher() -> None:
    given, student = lesson(), tiny.translator().model
    method = OnPolicy(share=1.0).prepare(given)
    method(student, TRAIN.batch(range(6)))[0].backward()
    assert all(p.grad is not None for p in student.parameters())
    assert all(p.grad is None for p in given.teacher.parameters())
    assert (list(method.parameters()), method.state_dict().keys()) == ([], {"random"})


def test_another_seed_has_other_turns() -> None:
    assert turns(OnPolicy().prepare(lesson(1)), 20) != turns(OnPolicy().prepare(lesson(2)), 20)


def test_draws_go_on_where_the_state_was_saved() -> None:
    whole, first, second = objective(), objective(), objective()
    expected = turns(whole, 20)
    begun = turns(first, 7)
    second.load_state_dict(first.state_dict())
    assert begun + turns(second, 13) == expected


@pytest.mark.parametrize("config", [tiny.TRANSFORMER, tiny.FED_RNN], ids=["transformer", "rnn"])
def test_a_training_resumes_bit_for_bit(config, tmp_path: Path) -> None:
    whole = tiny.session(config, objective())
    records = tiny.fitted(whole)
    tiny.fitted(tiny.session(config, objective()), tmp_path / "c", updates=5)
    resumed = tiny.session(config, objective(), seed=1)
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert {record["log"]["on_policy"] for record in records} == {0.0, 1.0}
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


def test_a_student_nears_its_teacher_on_its_own_sentences() -> None:
    method = objective(loss=Divergence("forward_kl", alpha=1.0), share=1.0)
    session = tiny.session(objective=method)
    batch, judge = TRAIN.batch(range(20)), objective(temperature=0.0, share=1.0)
    before = judge(session.model.eval(), batch)[0].item()
    tiny.fitted(session)
    assert judge(session.model, batch)[0].item() < before


def test_the_exact_teacher_cannot_read_a_students_mistakes() -> None:
    exact, source = tiny.exact(), tiny.SOURCE_WORDS[0]
    pieces = tiny.tokenizer()
    data = tiny.Encoded(pieces.encode_source([source]), pieces.encode_target(["dorma"]))
    method = OnPolicy(share=1.0).prepare(Lesson(exact, data, 8, 1, exact, online(exact)))
    with pytest.raises(RecipeError, match="begins no translation .* use a trained teacher"):
        method(tiny.translator().model, data.batch([0] * 20))


def test_a_teacher_that_cannot_be_asked_is_refused() -> None:
    stored = Lesson(tiny.translator().model, TRAIN, 8, logits=lesson().logits)
    with pytest.raises(RecipeError, match="OnPolicy.* asks the teacher about sentences that are n"):
        OnPolicy().prepare(stored)


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ({"share": 1.5}, "share is 1.5; expected a number from 0 to 1"),
        ({"temperature": -1.0}, r"temperature is -1.0; expected 0 or a number above"),
        ({"temperature": float("inf")}, r"temperature is inf; expected 0 or a number"),
        ({"max_extra": -1}, "max_extra is -1; expected 0 or more, a whole"),
    ],
    ids=str,
)
def test_a_field_out_of_range_is_refused(field: dict, wanted: str) -> None:
    with pytest.raises(RecipeError, match=wanted):
        OnPolicy(**field)


def test_a_recipe_with_it_comes_back_from_json() -> None:
    recipe = tiny.recipe(loss=OnPolicy(Divergence("reverse_kl", floor=0.0), 0.25, 0.5, 2))
    assert restore(describe(recipe)) == recipe
