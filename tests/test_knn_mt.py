"""kNN-MT: a mixture that search drives like any model, checked against every possible sentence."""

import pytest
import tiny
import torch
from torch import Tensor

from kdlab.batching import Encoded, pad
from kdlab.decoding import decode
from kdlab.errors import RecipeError
from kdlab.metrics import log_probs
from kdlab.models import KnnMT, RNNConfig, TransformerConfig
from kdlab.objectives import Datastore, nearest
from kdlab.search import beam_search
from kdlab.special_ids import IDS
from kdlab.translator import Translator

every_model = pytest.mark.parametrize("config", tiny.CONFIGS.values(), ids=tiny.CONFIGS)
Config = RNNConfig | TransformerConfig
V, LONGEST = 6, 3
PREFIX = torch.tensor([[IDS.bos, 4, 3, 5], [IDS.bos, 5, 5, 3], [IDS.bos, 3, 4, 4]])


def memory(network: object) -> Datastore:
    """What a network remembers of nine sentence pairs."""
    targets = [[3, 2], [4, 5, 2], [5, 2], [4, 4, 2], [5, 3, 2], [2], [3, 3, 2], [5, 5, 2], [4, 2]]
    return Datastore.of(network, Encoded(tiny.sources(9, seed=5), targets))


def mixture(config: Config, mix: float = 0.4, k: int = 5, temperature: float = 3.0) -> KnnMT:
    """A small network with its memory."""
    network = tiny.model(config, V)
    return KnnMT(network, memory(network), k, mix, temperature).eval()


@torch.no_grad()
def stepped(network: object) -> Tensor:
    """log p of each piece of PREFIX after the one before it, step by step: [3, 4, V]."""
    state, said = tiny.started(network, tiny.sources(3)), []
    for t in range(PREFIX.size(1)):
        log_p, state = network.step(PREFIX[:, t], state)
        said.append(log_p)
    return torch.stack(said, 1)


@every_model
@torch.no_grad()
def test_a_steps_features_are_the_traces_last_states_and_what_the_output_layer_reads(
    config: Config,
) -> None:
    network, (source, mask) = tiny.model(config), pad(tiny.sources(3))
    trace, state = network.trace(source, mask, PREFIX), network.start(source, mask)
    assert torch.equal(network.generator(trace.decoder[-1]), trace.logits)
    for t in range(PREFIX.size(1)):
        features, state = network.features(PREFIX[:, t], state)
        assert torch.allclose(features, trace.decoder[-1][:, t], atol=1e-5)


@every_model
@torch.no_grad()
def test_a_mix_of_nothing_is_the_model_bit_for_bit(config: Config) -> None:
    alone, inputs = mixture(config, mix=0.0), (*pad(tiny.sources(3)), PREFIX)
    assert torch.equal(stepped(alone), stepped(alone.model))
    assert torch.equal(alone(*inputs), alone.model(*inputs).log_softmax(-1))


@every_model
@torch.no_grad()
def test_a_mix_of_everything_is_the_store_alone(config: Config) -> None:
    whole, inputs = mixture(config, mix=1.0), (*pad(tiny.sources(3)), PREFIX)
    p_knn = whole.store.distribution(whole.model.trace(*inputs).decoder[-1], 5, 3.0)
    assert torch.allclose(whole(*inputs).exp(), p_knn, atol=1e-6)


@every_model
@torch.no_grad()
def test_what_is_said_is_the_weighted_sum_of_both(config: Config) -> None:
    mixed, inputs = mixture(config, mix=0.4), (*pad(tiny.sources(3)), PREFIX)
    trace = mixed.model.trace(*inputs)
    p_knn = mixed.store.distribution(trace.decoder[-1], 5, 3.0)
    expected = 0.4 * p_knn + 0.6 * trace.logits.softmax(-1)
    assert torch.allclose(mixed(*inputs).exp(), expected, atol=1e-6)
    assert torch.allclose(mixed(*inputs).softmax(-1), expected, atol=1e-6)  # logits, then


@every_model
@torch.no_grad()
def test_steps_give_what_the_whole_prefix_gives(config: Config) -> None:
    mixed = mixture(config)
    whole, steps = mixed(*pad(tiny.sources(3)), PREFIX), stepped(mixed)
    assert torch.allclose(steps[..., IDS.eos :], whole[..., IDS.eos :], atol=1e-4)
    assert torch.isinf(steps[..., [IDS.pad, IDS.bos]]).all()


@every_model
def test_a_beam_as_wide_as_the_space_finds_the_best_of_every_sentence(config: Config) -> None:
    mixed, sources = mixture(config), tiny.sources(4)
    state, longest = tiny.started(mixed, sources), torch.full((4,), LONGEST)
    found = beam_search(mixed.step, state, longest, beam=90)
    for i, source in enumerate(sources):
        best = sorted(tiny.every_output(mixed, source, LONGEST, V).values(), reverse=True)
        assert found.log_probs[i, : len(best)].tolist() == pytest.approx(best, abs=1e-4)


def test_it_leaves_the_teachers_dropout_off() -> None:
    teacher = tiny.translator(tiny.CONFIGS["rnn"])
    memory = KnnMT(teacher.model, Datastore.of(teacher.model, tiny.encoded(tiny.text().dev)))
    Translator(memory, teacher.tokenizer, "kNN-MT").translate(tiny.text().dev.source[:2])
    assert not teacher.model.training


def test_the_store_changes_what_is_said() -> None:
    network = tiny.model(tiny.PLAIN_RNN, V)
    keys = torch.zeros(1, network.generator.in_features)
    always_three = Datastore(keys, torch.tensor([3]), V)
    mixed = KnnMT(network, always_three, k=1, mix=0.99)
    ((best,), *_) = decode(mixed, tiny.sources(2))
    assert set(best.ids[:5]) == {3}


def test_a_translator_of_it_translates_and_can_be_scored() -> None:
    model, data = tiny.translator(seed=2).model, tiny.encoded(tiny.text().dev)
    mixed = KnnMT(model, Datastore.of(model, data), k=2, mix=0.9, temperature=1e-3)
    said = Translator(mixed, tiny.tokenizer(), "kNN-MT").translate(tiny.text().dev.source, beam=2)
    assert len(said) == len(data) and all(said)
    # Its memory is of these very sentences, so it expects them.
    assert log_probs(mixed, data).mean() > log_probs(model, data).mean() + 1


@pytest.mark.parametrize("change", [{"k": 4}, {"mix": 0.3}, {"temperature": 9.0}])
def test_another_number_is_another_translator(change: dict) -> None:
    first, second = (
        Translator(mixture(tiny.PLAIN_RNN, **numbers), tiny.tokenizer(), "same").key
        for numbers in ({}, change)
    )
    assert first != second


def test_another_store_is_another_translator() -> None:
    mixed = mixture(tiny.PLAIN_RNN)
    key = Translator(mixed, tiny.tokenizer(), "same").key
    other = Datastore(mixed.store.keys + 1, mixed.store.values, V)
    assert Translator(KnnMT(mixed.model, other, 5, 0.4, 3.0), tiny.tokenizer(), "same").key != key


class Named:
    """The exact search, under a name of its own."""

    def __init__(self, name: str, keys: torch.Tensor) -> None:
        self.name, self.keys = name, keys
        self.size, self.width = keys.shape

    def __repr__(self) -> str:
        return self.name

    def search(self, queries: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
        return nearest(self.keys, queries, k)


def test_another_search_of_one_store_is_another_translator() -> None:
    mixed = mixture(tiny.PLAIN_RNN)
    store, keys = mixed.store, set()
    for index in (None, Named("one", store.keys), Named("other", store.keys)):
        searched = store.searched_by(index) if index else store
        model = KnnMT(mixed.model, searched, 5, 0.4, 3.0)
        keys.add(Translator(model, tiny.tokenizer(), "same").key)
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"k": 0}, "k is 0; expected 1 to 22, the positions"),
        ({"k": 23}, "k is 23; expected 1 to 22, the positions"),
        ({"mix": -0.1}, "mix is -0.1; expected a number from 0 to 1"),
        ({"mix": float("nan")}, "mix is nan; expected a number from 0 to 1"),
        ({"temperature": 0.0}, "temperature is 0.0; expected a number above 0"),
    ],
)
def test_a_number_out_of_range_is_refused(numbers: dict, expected: str) -> None:
    with pytest.raises(RecipeError, match=expected):
        mixture(tiny.PLAIN_RNN, **numbers)


@pytest.mark.parametrize(("H", "pieces"), [(5, 6), (8, 7)], ids=["width", "pieces"])
def test_a_store_of_another_model_is_refused_with_both_sizes(H: int, pieces: int) -> None:
    store = Datastore(torch.zeros(9, H), torch.full((9,), 3), pieces)
    shown = f"width {H} and {pieces} target pieces; the model's are 8 and 6"
    with pytest.raises(RecipeError, match=shown):
        KnnMT(tiny.model(tiny.PLAIN_RNN, V), store)


def test_the_grammar_has_nothing_to_search_with() -> None:
    store = Datastore(torch.zeros(9, 8), torch.full((9,), 3), V)
    with pytest.raises(RecipeError, match="ExactModel has no hidden states to search with"):
        KnnMT(tiny.exact(), store)
