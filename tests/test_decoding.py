"""Decoding: in the order asked, whatever the batches; and the translator around it."""

import pytest
import tiny
import torch

from kdlab.decoding import decode
from kdlab.errors import RecipeError
from kdlab.search import beam_search, per_token
from kdlab.special_ids import IDS
from kdlab.tokenizer import Tokenizer, TokenizerConfig
from kdlab.translator import Translator

every_model = pytest.mark.parametrize("config", tiny.CONFIGS.values(), ids=tiny.CONFIGS)


@every_model
@pytest.mark.parametrize("beam", [1, 3])
def test_batches_of_any_size_give_the_same_in_the_same_order(config, beam: int) -> None:
    network, sources = tiny.model(config), tiny.sources(20)
    large = decode(network, sources, beam)
    small = decode(network, sources, beam, batch_tokens=1)
    for a, b in zip(large, small, strict=True):
        assert [h.ids for h in a] == [h.ids for h in b]
        assert [h.log_prob for h in a] == pytest.approx([h.log_prob for h in b], abs=1e-4)


@every_model
def test_an_output_ends_once_and_within_its_limit(config) -> None:
    sources = tiny.sources(20)
    for source, found in zip(sources, decode(tiny.model(config), sources, beam=3), strict=True):
        for hypothesis in found:
            assert hypothesis.ids.index(IDS.eos) == len(hypothesis.ids) - 1
            assert len(hypothesis.ids) <= 2 * len(source) + 10


def test_a_length_rule_reaches_the_search() -> None:
    network, sources = tiny.model(tiny.FED_RNN), tiny.sources(1)
    limit = torch.tensor([2 * len(sources[0]) + 10])
    direct = beam_search(network.step, tiny.started(network, sources), limit, 4, per_token)
    (found,) = decode(network, sources, 4, rule=per_token)
    assert [h.log_prob for h in found] == pytest.approx(direct.log_probs[0].tolist(), abs=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_a_model_decodes_without_dropout_and_is_left_as_it_was(training: bool) -> None:
    network, sources = tiny.model(tiny.FED_RNN), tiny.sources(5)
    expected = decode(network, sources)
    network.train(training)
    assert decode(network, sources) == expected
    assert network.training is training


@pytest.mark.parametrize("beam", [1, 3])
def test_spoiled_weights_are_refused_by_name(beam: int) -> None:
    spoiled = tiny.model(tiny.TRANSFORMER)
    spoiled.generator.bias.data[3] = float("nan")
    with pytest.raises(RecipeError, match="generator.bias of the model holds nan or inf"):
        decode(spoiled, tiny.sources(3), beam)


def test_no_sources_give_no_outputs() -> None:
    assert decode(tiny.model(tiny.FED_RNN), []) == []


@pytest.mark.parametrize("beam", [0, -1])
def test_a_beam_below_one_is_refused(beam: int) -> None:
    with pytest.raises(RecipeError, match=f"beam is {beam}; expected 1 or more"):
        decode(tiny.model(tiny.FED_RNN), tiny.sources(2), beam)


def test_a_translator_speaks_text() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    assert exact.translate([tiny.SOURCE_WORDS[1], tiny.SOURCE_WORDS[0]]) == ["relu", "dorma"]
    assert exact.translate(["dorma?"], beam=4) == [""]


def test_a_translators_nbest_is_likeliest_first() -> None:
    ((first, *rest),) = Translator(tiny.exact(), tiny.tokenizer(), "exact").nbest(
        [tiny.SOURCE_WORDS[0]], beam=3
    )
    assert first == ("dorma", pytest.approx(torch.tensor(0.5).log().item()))
    assert {text for text, _ in rest} == {"dorma relu", "misto"}


def test_a_translators_key_changes_with_a_weight_and_with_nothing_else() -> None:
    first, again = tiny.translator(), tiny.translator()
    assert first.key == again.key
    with torch.no_grad():
        next(again.model.parameters())[3, 0] += 1e-6
    assert Translator(again.model, again.tokenizer, again.name).key != first.key


def test_a_translators_key_is_of_the_weights_as_they_are_now() -> None:
    mine = tiny.translator()
    before = mine.key
    next(mine.model.parameters()).data += 1
    assert mine.key != before


def test_a_translators_key_changes_with_its_pieces() -> None:
    pairs = tiny.text().train
    other = Tokenizer.train(pairs.source, pairs.target, TokenizerConfig("bpe", 24, 24))
    first = tiny.translator()
    assert Translator(first.model, other, first.name).key != first.key


def test_a_translator_counts_its_parameters() -> None:
    translator = tiny.translator()
    assert translator.params == sum(p.numel() for p in translator.model.parameters())
