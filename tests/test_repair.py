"""What distilling does to noise and to clean targets, on pairs made by hand; the train–dev gap."""

import math

import numpy as np
import pytest
import tiny
import torch

from kdlab.corpora import Pairs
from kdlab.corpora.minitalks import load_grammar
from kdlab.corpora.minitalks.noise import misalign
from kdlab.errors import CorpusError, RecipeError
from kdlab.losses import nll
from kdlab.metrics import exact_match, perplexity, repair, train_dev_gap
from kdlab.metrics.exact_match import gold_rows

GRAMMAR = load_grammar()
R1, R2, R3, R4 = (GRAMMAR.running_example(name).thai for name in ("R1", "R2", "R3", "R4"))
MODES = tuple(map(GRAMMAR.mode, (R1, R2, R3, R4)))
OTHER = GRAMMAR.translations(R4)[1].text
# R1 and R2 have each other's targets.
GOLD = Pairs(
    "train", (R1, R2, R3, R4), (MODES[1], MODES[0], MODES[2], OTHER), noisy=(0, 1), grammar=GRAMMAR
)


def said(*lines: str) -> Pairs:
    return GOLD.with_target(lines, "said")


def test_what_was_repaired_copied_and_kept_is_counted() -> None:
    found = repair(said(MODES[0], MODES[0], MODES[2], MODES[3]), GOLD)
    assert (found.noisy, found.clean, found.valid_before) == (2, 2, 0.0)
    assert (found.repaired, found.copied) == (0.5, 0.5)
    assert (found.kept, found.clean_valid) == (0.5, 1.0)


def test_an_output_that_is_neither_is_no_repair() -> None:
    found = repair(said("no .", MODES[1], "no .", OTHER), GOLD)
    assert (found.repaired, found.copied, found.kept, found.clean_valid) == (0.5, 0.0, 0.5, 0.5)


def test_a_corrupted_target_may_be_right_by_chance() -> None:
    lucky = Pairs("train", (R4,), (OTHER,), noisy=(0,), grammar=GRAMMAR)
    found = repair(lucky.with_target((MODES[3],)), lucky)
    assert (found.valid_before, found.repaired, found.copied) == (1.0, 1.0, 0.0)


def test_pairs_that_the_teacher_left_out_count_on_neither_side() -> None:
    found = repair(said(*MODES).rows([1, 3]), GOLD)
    assert (found.noisy, found.clean, found.repaired, found.kept) == (1, 1, 1.0, 0.0)


def test_no_noise_has_no_share_repaired() -> None:
    found = repair(said(*MODES).rows([2, 3]), GOLD)
    assert found.noisy == 0
    assert all(map(math.isnan, (found.valid_before, found.repaired, found.copied)))


def test_misalignment_spoils_nearly_all_it_touches_and_the_mode_repairs_it() -> None:
    draw = np.random.default_rng(1)
    sources = GRAMMAR.sample_sources(100, draw)
    modes = tuple(map(GRAMMAR.mode, sources))
    targets, noisy = misalign(modes, 0.3, draw)
    gold = Pairs("train", sources, targets, noisy=noisy, grammar=GRAMMAR)
    found = repair(gold.with_target(modes), gold)
    assert (found.noisy, found.clean) == (30, 70)
    assert found.valid_before < 0.1
    assert (found.repaired, found.copied, found.kept) == (1.0, 0.0, 1.0)


def test_repair_needs_a_grammar() -> None:
    pairs = Pairs("mine", ("x",), ("y",), noisy=(0,))
    with pytest.raises(RecipeError, match="mine has no grammar"):
        repair(pairs, pairs)


def test_exact_match_is_the_share_of_targets_left_as_they_were() -> None:
    gold = Pairs("train", ("a", "b", "c"), ("A  a", "B", "C"))
    assert exact_match(gold.with_target(("A a", "b", "C")), gold) == pytest.approx(2 / 3)
    assert math.isnan(exact_match(gold.rows([]), gold))


def test_rows_are_found_again_when_some_were_left_out() -> None:
    gold = Pairs("train", ("a", "b", "a", "c"), tuple("ABCD"))
    assert gold_rows(gold.rows([0, 2, 3]), gold) == [0, 2, 3]
    assert exact_match(gold.rows([0, 2, 3]), gold) == 1.0


@pytest.mark.parametrize("order", [[1, 0], [0, 0]], ids=["order", "mixture"])
def test_pairs_from_elsewhere_are_refused_with_the_source(order: list[int]) -> None:
    gold = Pairs("train", ("a", "b"), ("A", "B"))
    with pytest.raises(CorpusError, match="source 'a' of train is not in train after row"):
        gold_rows(gold.rows(order), gold)


def test_the_gap_is_dev_less_train_nll_per_piece() -> None:
    translator, text = tiny.translator(), tiny.text()
    found = train_dev_gap(translator, text.train, text.dev, sentences=8)
    nlls = [
        math.log(perplexity(translator.model, tiny.encoded(pairs.spread(8))))
        for pairs in (text.train, text.dev)
    ]
    assert [found.train, found.dev] == pytest.approx(nlls)
    assert found.gap == pytest.approx(nlls[1] - nlls[0])


def test_learning_by_heart_opens_the_gap() -> None:
    translator, few, dev = tiny.translator(), tiny.text().train.head(8), tiny.text().dev
    before = train_dev_gap(translator, few, dev).gap
    batch, weights = tiny.encoded(few).batch(range(8)), list(translator.model.parameters())
    for _ in range(40):
        logits = translator.model(batch.source, batch.source_mask, batch.prefix)
        slopes = torch.autograd.grad(nll(logits, batch.target, batch.mask), weights)
        for weight, slope in zip(weights, slopes, strict=True):
            weight.data -= 0.3 * slope
    assert train_dev_gap(translator, few, dev).gap > before + 0.5
