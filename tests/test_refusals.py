"""Masks, targets and numbers that would count wrong in silence are refused in a sentence."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass

import pytest
import tiny
import torch
from torch import Tensor

from kdlab import losses, objectives
from kdlab.batching import Encoded
from kdlab.corpora.text import Pairs
from kdlab.errors import CorpusError, RecipeError, ShapeError
from kdlab.losses.by_sentence import hard_token, sentence_mean, soft_token
from kdlab.losses.gate import gate_entropy
from kdlab.losses.selective import gold_nll
from kdlab.metrics import (
    attention_share,
    bleu,
    chrf,
    mode_hit,
    perplexity,
    top1_agreement,
    truth_gap,
    valid_rate,
)
from kdlab.metrics.truth import TruthGap
from kdlab.search import beam_search, gnmt, sample

B, T, V = 2, 3, 4
LOGITS, TARGET = torch.zeros(B, T, V), torch.ones(B, T, dtype=torch.long)
MASK = torch.ones(B, T, dtype=torch.bool)
STATES = torch.zeros(B, T, 5)

USES = {
    "nll": lambda y, m: losses.nll(LOGITS, y, m),
    "label_smoothing": lambda y, m: losses.label_smoothing(LOGITS, y, m, 0.1, "all"),
    "word_kd": lambda y, m: losses.word_kd(LOGITS, LOGITS, y, m),
    "knn_kd": lambda y, m: losses.knn_kd(LOGITS, LOGITS.softmax(-1), y, m),
    "ranking_kd": lambda y, m: losses.ranking_kd(LOGITS, LOGITS, y, m, k=2),
    "selective_kd": lambda y, m: losses.selective_kd(LOGITS, LOGITS, y, m, 0.5),
    "kd_where": lambda y, m: losses.kd_where(LOGITS, LOGITS, y, m, MASK),
    "gold_nll": lambda y, m: gold_nll(LOGITS, y, m),
    "hard_token": lambda y, m: hard_token(LOGITS, y, m),
    "soft_target": lambda y, m: losses.soft_target(LOGITS.softmax(-1), y, m, "without_top1"),
    "agreement": lambda y, m: top1_agreement(LOGITS, LOGITS, y, m),
}
USES |= {
    kind: lambda y, m, kind=kind: losses.Divergence(kind)(LOGITS, LOGITS, y, m)
    for kind in ("forward_kl", "reverse_kl", "jensen_shannon", "total_variation")
}
USES |= {
    f"surgery, {kind}": lambda y, m, kind=kind: losses.Surgery(kind, k=2)(LOGITS, LOGITS, y, m)
    for kind in ("vanilla", "top_k", "permuted_tail", "matched_smoothing")
}
WITHOUT_TARGET = {
    "masked_mean": lambda m: losses.masked_mean(LOGITS[..., 0], m),
    "sentence_mean": lambda m: sentence_mean(LOGITS[..., 0], m),
    "soft_token": lambda m: soft_token(LOGITS, LOGITS, m),
    "annealing": lambda m: losses.annealing(LOGITS, LOGITS, m, 0.5),
    "hint": lambda m: losses.hint(STATES, STATES, m),
    "normalised_mse": lambda m: losses.normalised_mse(STATES, STATES, m),
    "apart": lambda m: losses.Divergence("forward_kl").apart(LOGITS, LOGITS, m),
    "chosen": lambda m: losses.kd_where(LOGITS, LOGITS, TARGET, MASK, m),
}
MASKED = {name: lambda m, use=use: use(TARGET, m) for name, use in USES.items()} | WITHOUT_TARGET
masked = pytest.mark.parametrize("use", MASKED.values(), ids=MASKED)


@masked
@pytest.mark.parametrize("shape", [(1, T), (B, 1), (T,), (B, T, 1), (B, T + 1)], ids=str)
def test_a_mask_of_another_shape_is_refused(use: Callable, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError) as refused:
        use(torch.ones(shape, dtype=torch.bool))
    assert f" is {list(shape)}; expected [2, 3]" in str(refused.value)


@masked
@pytest.mark.parametrize("kind", [torch.float, torch.long, torch.uint8], ids=str)
def test_a_mask_that_is_not_of_truth_values_is_refused(use: Callable, kind: torch.dtype) -> None:
    with pytest.raises(ShapeError, match=f" is {kind}; expected torch.bool"):
        use(MASK.to(kind))


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("shape", [(1, T), (B, 1), (T,), (B, T + 1)], ids=str)
def test_a_target_of_another_shape_is_refused(use: Callable, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError) as refused:
        use(torch.ones(shape, dtype=torch.long), MASK)
    assert f"target is {list(shape)}; expected [2, 3]" in str(refused.value)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("kind", [torch.float, torch.bool], ids=str)
def test_a_target_that_is_no_id_is_refused(use: Callable, kind: torch.dtype) -> None:
    with pytest.raises(ShapeError, match=f"target is {kind}; expected ids"):
        use(TARGET.to(kind), MASK)


def test_a_target_of_small_integers_counts_as_any_other() -> None:
    assert losses.nll(LOGITS, TARGET.int(), MASK).item() == pytest.approx(1.386294, abs=1e-6)


# Numbers --------------------------------------------------------------------------------------

NAMES = {**vars(losses), **vars(objectives)}
METHODS = {
    name: kind
    for name, kind in sorted(NAMES.items())
    if is_dataclass(kind) and name not in ("Lesson", "CachedTeacher")
}
NEEDED = {"Divergence": {"kind": "forward_kl"}, "Layers": {"mapping": ((1,),)}}
NUMBERS = [
    (name, field.name)
    for name, kind in METHODS.items()
    for field in fields(kind)
    if type(field.default) in (int, float)
]


def test_numbers_of_every_method_are_tried() -> None:
    assert {name for name, _ in NUMBERS} >= {"WordKD", "Divergence", "OnPolicy", "SelectiveKD"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), -1, "1", True])
@pytest.mark.parametrize(("name", "field"), NUMBERS, ids=" ".join)
def test_no_method_takes_a_number_that_is_none(name: str, field: str, value: object) -> None:
    with pytest.raises(RecipeError) as refused:
        METHODS[name](**NEEDED.get(name, {}), **{field: value})
    assert f"is {value!r}" in str(refused.value)


@pytest.mark.parametrize("gate", [-0.01, 1.5, float("inf")])
def test_a_gate_outside_its_range_is_refused(gate: float) -> None:
    with pytest.raises(RecipeError, match=f"a gate is {gate}"):
        losses.gated(torch.ones(2), torch.ones(2), torch.tensor([0.5, gate], dtype=torch.double))
    with pytest.raises(RecipeError, match=f"a gate is {gate}"):
        gate_entropy(torch.tensor([gate], dtype=torch.double))


def test_a_gate_that_would_mix_all_sentences_with_all_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"are \[2, 1\], \[2\] and \[2\]; expected \[B\]"):
        losses.gated(torch.ones(2), torch.ones(2), torch.ones(2, 1))


@pytest.mark.parametrize("threshold", [float("nan"), torch.tensor(float("nan"))])
def test_a_threshold_of_nan_is_refused(threshold: float | Tensor) -> None:
    with pytest.raises(RecipeError, match="threshold is nan"):
        losses.selective_kd(LOGITS, LOGITS, TARGET, MASK, threshold)


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf"), "1"])
def test_a_weight_out_of_range_is_refused(weight: object) -> None:
    with pytest.raises(RecipeError, match=f"weight is {weight!r}; expected 0 or a number above"):
        losses.selective_kd(LOGITS, LOGITS, TARGET, MASK, 0.5, weight)
    with pytest.raises(RecipeError, match=f"weight is {weight!r}; expected 0 or a number above"):
        losses.knn_kd(LOGITS, LOGITS.softmax(-1), TARGET, MASK, weight=weight)


@pytest.mark.parametrize("temperature", [float("nan"), float("inf"), 0, -1, "1"])
def test_a_temperature_that_nothing_can_be_drawn_at_is_refused(temperature: object) -> None:
    with pytest.raises(RecipeError, match=f"temperature is {temperature!r}; expected a number"):
        sample(None, None, torch.tensor([3]), torch.Generator(), temperature)


@pytest.mark.parametrize("beam", [0, -1, 2.0, float("nan"), "2", True])
def test_a_beam_that_is_no_number_of_hypotheses_is_refused(beam: object) -> None:
    with pytest.raises(RecipeError, match=f"beam is {beam!r}; expected 1 or more, a whole"):
        beam_search(None, None, torch.tensor([3]), beam)


@pytest.mark.parametrize("alpha", [float("nan"), -0.5])
def test_a_length_rule_that_would_end_search_early_is_refused(alpha: float) -> None:
    with pytest.raises(RecipeError, match=f"alpha is {alpha}"):
        gnmt(torch.zeros(1), torch.ones(1), alpha)


# Nothing at all -------------------------------------------------------------------------------


@pytest.mark.parametrize("score", [bleu, chrf])
@pytest.mark.parametrize(("lines", "sets"), [([], [[]]), ([], []), (["a"], [])])
def test_a_score_of_nothing_is_refused(score: Callable, lines: list, sets: list) -> None:
    with pytest.raises(CorpusError, match=f"{len(lines)} hypotheses and {len(sets)} sets"):
        score(lines, sets)


def test_perplexity_of_nothing_is_refused() -> None:
    with pytest.raises(CorpusError, match="There are 0 targets"):
        perplexity(tiny.translator().model, Encoded([], []))


def test_attention_is_not_judged_without_a_grammar() -> None:
    with pytest.raises(RecipeError, match="train has no grammar"):
        attention_share(tiny.translator(), tiny.text().train)


@pytest.mark.parametrize("share", [valid_rate, mode_hit])
def test_a_share_of_nothing_is_nan_and_of_unlike_sides_refused(share: Callable) -> None:
    assert share([], [], object()) != share([], [], object())
    with pytest.raises(ShapeError, match="1 outputs but 0 sources"):
        share(["a"], [], object())


@pytest.mark.parametrize("sentences", [0, -5, float("nan"), "9"])
def test_a_gap_of_no_sentences_is_refused(sentences: object) -> None:
    with pytest.raises(RecipeError, match=f"sentences is {sentences!r}; expected 1 or more"):
        truth_gap(tiny.translator(), Pairs("no", (), ()), sentences)


def test_the_mean_of_no_gap_is_nan() -> None:
    assert TruthGap(()).mean != TruthGap(()).mean
