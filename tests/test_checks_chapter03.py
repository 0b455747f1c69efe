"""Chapter 3's checks agree with the library: its losses, its models, and the grammar's entropy."""

import random

import pytest
import torch

import kdlab as kd
from kdlab.checks import chapter03 as three
from kdlab.files import shipped
from kdlab.models import RNNConfig, build, parameter_count


@pytest.mark.parametrize("seed", range(50))
def test_the_solution_averages_as_the_library_does(seed):
    losses, mask = three._draw_batch(random.Random(seed))
    library = kd.losses.masked_mean(losses, mask)
    assert three.masked_mean(losses, mask) == pytest.approx(library.item())


@pytest.mark.parametrize("seed", range(10))
def test_more_padding_changes_nothing(seed):
    losses, mask = three._draw_batch(random.Random(seed))
    junk, none = torch.full((len(losses), 2), 99.0), torch.zeros(len(losses), 2, dtype=torch.bool)
    wider = torch.cat([losses, junk], 1), torch.cat([mask, none], 1)
    assert three.masked_mean(*wider) == three.masked_mean(losses, mask)


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
    def mean(losses, mask):
        return losses.masked_fill(~mask, 0.0).sum() / mask.sum()

    assert three.MASKED_MEAN.judge(mean).ok


def test_the_bigger_network_is_nearer_to_the_floor_in_the_long_run():
    if not (shipped("book/results") / "minitalks-core-quick.json").exists():
        pytest.skip("book/results/minitalks-core-quick.json is not there yet")
    found = kd.results("minitalks-core-quick")
    assert found["teacher"].ppl < found["baseline"].ppl.low
