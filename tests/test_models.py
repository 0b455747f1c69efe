"""Networks: the published sizes, steps that equal the whole, padding that changes nothing."""

from dataclasses import dataclass

import pytest
import tiny
import torch

from kdlab.batching import pad
from kdlab.errors import RecipeError
from kdlab.models import RNNConfig, TransformerConfig, build, parameter_count
from kdlab.models.attention import Attention, attend
from kdlab.models.transformer import positions
from kdlab.special_ids import IDS

every_model = pytest.mark.parametrize("config", tiny.CONFIGS.values(), ids=tiny.CONFIGS)
PREFIX = torch.tensor([[IDS.bos, 4, 3, 5], [IDS.bos, 5, 5, 3], [IDS.bos, 3, 4, 4]])


def lstm(layers: int, H: int, V: int) -> int:
    """Kim & Rush's count by hand: two tables, one-bias LSTMs, attention, output."""
    encoder = layers * 4 * H * (2 * H + 1)
    decoder = 4 * H * (3 * H + 1) + (layers - 1) * 4 * H * (2 * H + 1)
    return 2 * V * H + encoder + decoder + H * H + 2 * H * H + V * (H + 1)


@pytest.mark.parametrize(
    ("layers", "H", "V", "published"),
    [
        (2, 500, 25_000, 47_283_000),
        (2, 100, 25_000, 7_916_600),
        (2, 500, 50_000, 84_808_000),
        (2, 300, 50_000, 48_564_800),
        (4, 1000, 50_000, lstm(4, 1000, 50_000)),
    ],
)
def test_the_papers_models_have_its_parameter_counts(
    layers: int, H: int, V: int, published: int
) -> None:
    with torch.device("meta"):
        model = build(RNNConfig(layers, H), V, V)
    assert parameter_count(model) == published == lstm(layers, H, V)


def test_the_largest_of_the_paper_has_221_million() -> None:
    assert round(lstm(4, 1000, 50_000) / 1e6) == 221


def test_the_unused_second_bias_stays_zero_and_untrained() -> None:
    model = build(RNNConfig(2, 8), 7, 6)
    second = [p for name, p in model.named_parameters() if "bias_hh" in name]
    assert len(second) == 4
    assert not any(p.requires_grad or p.any() for p in second)


@every_model
def test_a_sentences_padding_changes_nothing(config) -> None:
    network, sources = tiny.model(config), tiny.sources(3)
    together = network(*pad(sources), PREFIX)
    for i, source in enumerate(sources):
        alone = network(*pad([source]), PREFIX[i : i + 1])
        assert torch.allclose(alone[0], together[i], atol=1e-5)


@every_model
def test_what_padding_holds_changes_nothing(config) -> None:
    network = tiny.model(config)
    source, mask = pad([[3, 4, 5, 6, 2], [4, 2]])
    other = source.masked_fill(~mask, 6)
    prefix = PREFIX[:2]
    assert torch.allclose(network(source, mask, prefix), network(other, mask, prefix), atol=1e-5)


@every_model
def test_a_later_piece_changes_no_earlier_position(config) -> None:
    network, (source, mask) = tiny.model(config), pad(tiny.sources(3))
    changed = PREFIX.clone()
    changed[:, 2] = 5
    before, after = (network(source, mask, p)[:, :2] for p in (PREFIX, changed))
    assert torch.allclose(before, after, atol=1e-6)


@every_model
@torch.no_grad()
def test_steps_give_what_the_whole_prefix_gives(config) -> None:
    network, (source, mask) = tiny.model(config), pad(tiny.sources(3))
    whole = network(source, mask, PREFIX).log_softmax(-1)
    state = network.start(source, mask)
    for t in range(PREFIX.size(1)):
        log_p, state = network.step(PREFIX[:, t], state)
        assert torch.allclose(log_p[:, IDS.eos :], whole[:, t, IDS.eos :], atol=1e-5)
        assert torch.isinf(log_p[:, [IDS.pad, IDS.bos]]).all()


@every_model
@pytest.mark.parametrize("rows", [[2, 0, 1], [0, 0, 2, 2], [1]])
@torch.no_grad()
def test_selected_rows_go_on_as_if_alone(config, rows: list[int]) -> None:
    network, sources = tiny.model(config), tiny.sources(3)
    _, state = network.step(PREFIX[:, 0], tiny.started(network, sources))
    _, state = network.step(PREFIX[rows, 1], state.select(torch.tensor(rows)))
    found, _ = network.step(PREFIX[rows, 2], state)
    for r, row in enumerate(rows):
        state = tiny.started(network, [sources[row]])
        for t in range(3):
            log_p, state = network.step(PREFIX[row : row + 1, t], state)
        assert torch.allclose(found[r], log_p[0], atol=1e-5)


@every_model
@torch.no_grad()
def test_selecting_twice_is_selecting_once(config) -> None:
    network = tiny.model(config)
    _, state = network.step(PREFIX[:, 0], tiny.started(network, tiny.sources(3)))
    first, second = torch.tensor([2, 1, 1, 0]), torch.tensor([3, 0])
    twice = state.select(first).select(second)
    once = state.select(first[second])
    pieces = torch.tensor([4, 5])
    assert torch.allclose(network.step(pieces, twice)[0], network.step(pieces, once)[0])


@every_model
def test_attention_sums_to_one_and_leaves_padding_alone(config) -> None:
    source, mask = pad([[3, 4, 5, 6, 2], [4, 2], [5, 5, 2]])
    attention = tiny.model(config).trace(source, mask, PREFIX).attention  # [B, T, S]
    assert torch.allclose(attention.sum(-1), torch.ones(3, 4))
    assert not attention.masked_select(~mask[:, None].expand_as(attention)).any()


@every_model
def test_a_trace_has_the_promised_shapes(config) -> None:
    network, (source, mask) = tiny.model(config), pad(tiny.sources(3))
    trace = network.trace(source, mask, PREFIX)
    B, T, S = 3, 4, source.size(1)
    assert trace.logits.shape == (B, T, 6)
    assert trace.attention.shape == (B, T, S)
    assert {h.shape for h in trace.encoder} == {(B, S, 8)}
    assert {h.shape for h in trace.decoder} == {(B, T, 8)}
    assert torch.equal(trace.logits, network(source, mask, PREFIX))


def test_a_layer_mixes_as_attend_does_with_the_weights_it_tells() -> None:
    layer, x = Attention(8, heads=2), torch.randn(3, 4, 8)
    memory, mask = layer.remember(torch.randn(3, 5, 8)), torch.rand(3, 1, 1, 5) < 0.7
    mask[..., 0] = True
    mix, weight = attend(layer.split(layer.query(x)), *memory, mask)
    expected = layer.out(mix.transpose(1, 2).flatten(2))
    assert torch.allclose(layer(x, memory, mask), expected, atol=1e-6)
    assert torch.equal(layer.weights(x, memory, mask), weight)


def test_a_transformers_trace_has_every_layer() -> None:
    network = tiny.model(TransformerConfig(3, 2, width=8, heads=2))
    trace = network.trace(*pad(tiny.sources(3)), PREFIX)
    assert (len(trace.encoder), len(trace.decoder)) == (3, 2)


@every_model
def test_every_trained_weight_gets_a_gradient(config) -> None:
    network = tiny.model(config)
    network(*pad(tiny.sources(3)), PREFIX).log_softmax(-1)[..., 3].sum().backward()
    trained = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    assert [name for name, p in trained if p.grad is None or not p.grad.any()] == []


def test_tied_tables_are_one_tensor_and_counted_once() -> None:
    tied, free = (build(TransformerConfig(width=8, heads=2, tied=t), 7, 6) for t in (True, False))
    assert tied.generator.weight is tied.target_embedding.weight
    assert parameter_count(free) - parameter_count(tied) == 6 * 8


def test_dropout_is_off_outside_training() -> None:
    network, inputs = tiny.model(tiny.FED_RNN), (*pad(tiny.sources(3)), PREFIX)
    assert torch.equal(network(*inputs), network(*inputs))
    network.train()
    assert not torch.equal(network(*inputs), network(*inputs))


@pytest.mark.parametrize("width", [6, 7])
def test_positions_are_the_published_waves(width: int) -> None:
    wave = positions(5, width, torch.device("cpu"))
    assert wave.shape == (5, width)
    assert wave[3, 2].item() == pytest.approx(torch.tensor(3 / 10_000 ** (2 / width)).sin().item())
    assert wave[0, :4].tolist() == [0, 1, 0, 1]


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(RecipeError, match="width is 10; expected a multiple of heads = 4"):
        TransformerConfig(width=10, heads=4)


def test_an_odd_size_in_two_directions_is_refused() -> None:
    with pytest.raises(RecipeError, match="hidden is 7; expected an even number"):
        RNNConfig(hidden=7, bidirectional=True)


def test_another_kind_of_configuration_is_refused() -> None:
    @dataclass
    class Mystery:
        layers: int = 1

    with pytest.raises(RecipeError, match="model is a Mystery; expected an RNNConfig"):
        build(Mystery(), 7, 6)
