"""Training: the same seed, the same weights; the best by BLEU kept; settings refused by value."""

from dataclasses import replace

import pytest
import tiny
import torch

from kdlab.errors import CorpusError, RecipeError
from kdlab.losses import NLL
from kdlab.objectives import Plain
from kdlab.training import (
    SGD,
    Adam,
    Constant,
    Cosine,
    Halving,
    Session,
    Stopping,
    Training,
    fit,
)

CONFIGS = {"transformer": tiny.TRANSFORMER, "rnn": tiny.PLAIN_RNN, "fed rnn": tiny.FED_RNN}
every_model = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)


@every_model
def test_the_same_seed_gives_the_same_weights_and_history(config) -> None:
    first = tiny.session(config)
    records = tiny.fitted(first)
    again = tiny.session(config)
    assert tiny.fitted(again) == records
    assert tiny.same(tiny.weights(first), tiny.weights(again))


def test_another_seed_gives_other_weights() -> None:
    assert tiny.fitted(tiny.session(seed=1)) != tiny.fitted(tiny.session(seed=2))


def test_what_the_caller_draws_meanwhile_changes_no_batch() -> None:
    without_dropout = tiny.TransformerConfig(1, 1, width=8, heads=2, dropout=0.0)
    expected = tiny.fitted(tiny.session(without_dropout))
    again = tiny.session(without_dropout)
    torch.rand(100)
    assert tiny.fitted(again) == expected


@every_model
def test_learning_lowers_the_loss(config) -> None:
    session = tiny.session(config, settings=replace(tiny.SETTINGS, updates=50, every=50))
    losses = [record.loss for record in session.records()]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])


def evaluations(scores: list[float]):
    """A stand-in for dev: these BLEUs in order, perplexity always better."""
    each = iter(scores)
    return lambda model: {"bleu": next(each), "ppl": 100.0 - 10 * len(scores)}


def copies(session: Session, scores: list[float]) -> tuple[list[int], list[dict]]:
    """The updates that were done, and the weights at each evaluation."""
    done, at = [], []
    for record in fit(session, evaluations(scores)):
        done.append(record.update)
        if record.scores:
            at.append(tiny.weights(session))
    return done, at


PATIENT = replace(tiny.SETTINGS, patience=9)  # evaluations; longer than any training here


def test_with_patience_the_weights_with_the_best_bleu_are_kept() -> None:
    session = tiny.session(settings=PATIENT)
    _, at = copies(session, [1.0, 7.0, 7.0, 3.0])
    assert [tiny.same(tiny.weights(session), weights) for weights in at] == [
        False, True, False, False,
    ]  # fmt: skip


def test_where_bleu_is_nought_throughout_perplexity_decides() -> None:
    """As in text without spaces: the first of equals would be the worst of all."""
    seen = []

    def nothing(network: object) -> dict[str, float]:
        seen.append(tiny.evaluate(network)["ppl"])
        return {"bleu": 0.0, "ppl": seen[-1]}

    training = tiny.session(settings=PATIENT)
    list(fit(training, nothing))
    assert tiny.evaluate(training.model)["ppl"] == min(seen) < seen[0]


@pytest.mark.parametrize("scores", [[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]])
def test_without_patience_the_last_weights_are_kept(scores: list[float]) -> None:
    session = tiny.session()
    _, at = copies(session, scores)
    assert tiny.same(tiny.weights(session), at[-1])


def test_training_stops_after_its_patience() -> None:
    session = tiny.session(settings=replace(tiny.SETTINGS, patience=2))
    done, _ = copies(session, [5.0, 4.0, 5.0, 9.0])
    assert done == [1, 2, 3, 4, 5, 6]


def test_without_patience_all_updates_are_done() -> None:
    done, _ = copies(tiny.session(), [5.0, 4.0, 3.0, 2.0])
    assert done == list(range(1, 9))


def test_the_last_update_is_evaluated_too() -> None:
    session = tiny.session(settings=replace(tiny.SETTINGS, updates=5, every=3))
    records = list(fit(session, evaluations([1.0, 2.0])))
    assert [r.update for r in records if r.scores] == [3, 5]


def test_evaluation_happens_in_eval_mode_and_training_goes_on_after() -> None:
    session, seen = tiny.session(), []

    def evaluate(model: torch.nn.Module) -> dict[str, float]:
        seen.append(model.training)
        return {"bleu": 0.0, "ppl": 1.0}

    modes = [session.model.training for record in fit(session, evaluate) if not record.scores]
    assert (set(seen), set(modes)) == ({False}, {True})
    assert not session.model.training


def test_the_gradient_is_clipped() -> None:
    settings = replace(tiny.SETTINGS, optimiser=SGD(1.0), clip=1e-3, updates=1, every=1)
    session = tiny.session(settings=settings)
    before = tiny.weights(session)
    (record,) = session.records()
    moved = sum((tiny.weights(session)[n] - w).pow(2).sum() for n, w in before.items()).sqrt()
    assert record.norm > 1e-3
    assert moved.item() == pytest.approx(1e-3, rel=1e-2)


def test_frozen_weights_stay() -> None:
    session = tiny.session(tiny.FED_RNN)
    tiny.fitted(session)
    second = [w for name, w in tiny.weights(session).items() if "bias_hh" in name]
    assert second
    assert not any(w.any() for w in second)


def test_empty_data_are_refused() -> None:
    empty = Session(
        tiny.translator().model, Plain(NLL()), tiny.Encoded([], []), tiny.SETTINGS, seed=1
    )
    with pytest.raises(CorpusError, match="training data are empty"):
        next(empty.records())


@pytest.mark.parametrize("name", ["updates", "batch_tokens", "every", "dev_sentences"])
def test_a_setting_below_one_is_refused(name: str) -> None:
    with pytest.raises(RecipeError, match=f"{name} is 0; expected 1 or more"):
        Training(**{name: 0})


def test_a_negative_patience_is_refused() -> None:
    with pytest.raises(RecipeError, match="patience is -1; expected 0"):
        Training(patience=-1)


@pytest.mark.parametrize("clip", [0.0, -1.0])
def test_a_clip_that_stops_all_learning_is_refused(clip: float) -> None:
    with pytest.raises(RecipeError, match=f"clip is {clip}; expected a number above 0"):
        Training(clip=clip)


def test_cosine_warms_up_then_falls_to_its_floor() -> None:
    factor = [Cosine(warmup=4, floor=0.1).factor(u, 20) for u in range(21)]
    assert factor[:4] == [0.25, 0.5, 0.75, 1.0]
    assert factor[4] == pytest.approx(1.0)
    assert factor[12] == pytest.approx(0.55)
    assert factor[20] == pytest.approx(0.1)
    assert factor[4:] == sorted(factor[4:], reverse=True)


def test_a_constant_rate_stays() -> None:
    assert {Constant().factor(u, 10) for u in range(10)} == {1.0}


@pytest.mark.parametrize(
    ("update", "factor"),
    [(0, 1.0), (89, 1.0), (90, 0.5), (99, 0.5), (100, 0.25), (119, 0.125), (120, 0.0625)],
)
def test_the_rate_halves_after_the_ninth_epoch_and_each_later_one(
    update: int, factor: float
) -> None:
    assert Halving(after=90, every=10).factor(update, 130) == factor


def test_a_rate_cannot_halve_at_every_zeroth_update() -> None:
    with pytest.raises(RecipeError, match="every is 0; expected 1 update or more"):
        Halving(after=90, every=0)


@pytest.mark.parametrize(("optimiser", "kind"), [(Adam(0.3), "Adam"), (SGD(0.3), "SGD")])
def test_an_optimiser_is_torchs_with_its_rate(optimiser: Adam | SGD, kind: str) -> None:
    built = optimiser.build([torch.nn.Parameter(torch.zeros(1))])
    assert (type(built).__name__, built.param_groups[0]["lr"]) == (kind, 0.3)


def test_the_rate_in_a_record_is_the_one_used() -> None:
    settings = replace(tiny.SETTINGS, schedule=Cosine(warmup=4))
    rates = [record.lr for record in tiny.session(settings=settings).records()]
    assert rates[:4] == pytest.approx([0.0025, 0.005, 0.0075, 0.01])


@pytest.mark.parametrize(
    ("patience", "scores", "stops"),
    [
        (0, [3.0, 2.0, 1.0], False),
        (2, [3.0, 2.0], False),
        (2, [3.0, 2.0, 3.0], True),
        (2, [3.0, 2.0, 3.1], False),
        (1, [3.0], False),
    ],
)
def test_the_stopping_rule(patience: int, scores: list, stops: bool) -> None:
    rule = Stopping(patience)
    for score in scores:
        rule.is_best(score)
    assert rule.should_stop is stops
    assert rule.best == max(scores)
