"""Chapter 3's checks agree with the library: its losses, its models, and the grammar's entropy."""

import random

import pytest
import torch

import kdlab as kd
from kdlab.checks import chapter03 as three
from kdlab.files import shipped
from kdlab.models import RNNConfig, build, parameter_count


@pytest.mark.parametrize("seed", range(50))
def test_the_solution_averages_one_batch_as_the_library_does(seed):
    losses, mask = three._draw_batch(random.Random(seed))
    library = kd.losses.masked_mean(losses, mask)
    assert three.masked_mean([(losses, mask)]) == pytest.approx(library.item())


@pytest.mark.parametrize("seed", range(10))
def test_more_padding_changes_nothing(seed):
    losses, mask = three._draw_batch(random.Random(seed))
    junk, none = torch.full((len(losses), 2), 99.0), torch.zeros(len(losses), 2, dtype=torch.bool)
    wider = torch.cat([losses, junk], 1), torch.cat([mask, none], 1)
    assert three.masked_mean([wider]) == three.masked_mean([(losses, mask)])


@pytest.mark.parametrize("seed", range(10))
def test_another_cut_into_batches_changes_nothing(seed):
    losses, mask = three._draw_batch(random.Random(seed))
    rows = [(losses[i : i + 1], mask[i : i + 1]) for i in range(len(losses))]
    assert three.masked_mean(rows) == three.masked_mean([(losses, mask)])


def test_the_hint_of_the_page_is_the_right_answer():
    full = torch.tensor([[1.0, 3.0], [2.0, 99.0]]), torch.tensor([[True, True], [True, False]])
    assert three.masked_mean([full, (torch.tensor([[6.0]]), torch.tensor([[True]]))]) == 3


@pytest.mark.parametrize("sizes", [(2, 100, 25_000), (2, 500, 50_000), (1, 48, 1000)])
def test_the_formula_counts_what_the_model_has(sizes):
    layers, hidden, vocabulary = sizes
    with torch.device("meta"):
        model = build(RNNConfig(layers, hidden), vocabulary, vocabulary)
    assert three.parameters(*sizes) == parameter_count(model)


def test_the_factors_are_those_of_the_grammar():
    grammar = kd.load_corpus("minitalks", preset="tiny").grammar
    r3 = grammar.running_example("R3").thai
    key = three.WHICH_POSITIONS.key
    assert sum(key.values()) == pytest.approx(grammar.entropy(r3), abs=2e-4)
    loss = -grammar.log_prob("She brought a book to show us .", r3)
    assert three.SENTENCE_LOSS.key["nll"] == pytest.approx(loss, abs=5e-5)


def test_a_solution_that_returns_a_tensor_passes_too():
    def mean(batches):
        total = sum(losses[mask].sum() for losses, mask in batches)
        return total / sum(mask.sum() for _, mask in batches)

    assert three.MASKED_MEAN.judge(mean).ok


def test_a_mean_of_batch_means_is_named():
    def mean(batches):
        return sum(losses[mask].mean() for losses, mask in batches) / len(batches)

    assert three.MASKED_MEAN.judge(mean).name == "mean-of-batches"


def test_the_cousin_of_r3_is_in_the_test_set_and_has_other_probabilities():
    corpus = kd.load_corpus("minitalks", preset="tiny")
    r3 = corpus.grammar.running_example("R3").thai
    itself, cousin = (corpus.grammar.translations(s) for s in (r3, f"{r3}ครับ"))
    assert f"{r3}ครับ" in corpus.test.source
    assert {t.text.split()[0] for t in cousin} == {"He", "She", "They"}
    assert len(cousin) == len(itself) == 24
    assert corpus.grammar.entropy(f"{r3}ครับ") < corpus.grammar.entropy(r3) - 0.1


def test_seq_kd_gains_bleu_and_not_perplexity_in_the_long_run():
    if not (shipped("book/results") / "minitalks-core.json").exists():
        pytest.skip("book/results/minitalks-core.json is not there yet")
    found = kd.results("minitalks-core")
    assert found["seq_kd"].bleu_greedy > found["baseline"].bleu_greedy
    assert found["seq_kd"].ppl > found["baseline"].ppl
