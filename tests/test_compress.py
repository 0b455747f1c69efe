"""Pruning takes the smallest weights, training again keeps zeros, int8 changes little."""

from dataclasses import replace

import pytest
import tiny
import torch

from kdlab.compress import int8, pruned, sparsity
from kdlab.errors import RecipeError
from kdlab.experiments.runs import RunStore
from kdlab.experiments.train import train
from kdlab.losses import WordKD
from kdlab.objectives import KeepZeros

every_model = pytest.mark.parametrize("config", tiny.CONFIGS.values(), ids=tiny.CONFIGS)


def weights(model: torch.nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in model.parameters() if p.requires_grad])


@every_model
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_the_share_asked_for_is_zero_and_it_is_the_smallest(config, share: float) -> None:
    whole = tiny.translator(config)
    before, after = weights(whole.model), weights(pruned(whole, share).model)
    n = round(share * len(before))
    assert int((after == 0).sum()) >= n
    assert torch.equal(after[after != 0], before[after != 0])
    if n:
        assert before[after == 0].abs().max() <= before[after != 0].abs().min()


def test_the_original_is_left_as_it_was() -> None:
    whole = tiny.translator(tiny.TRANSFORMER)
    key = whole.key
    cut = pruned(whole, 0.5)
    assert type(whole)(whole.model, whole.tokenizer, whole.name).key == key != cut.key


def test_uniform_pruning_takes_the_same_share_of_each_matrix_and_leaves_vectors() -> None:
    whole = tiny.translator(tiny.TRANSFORMER)
    cut = pruned(whole, 0.5, "uniform").model
    for before, after in zip(whole.model.parameters(), cut.parameters(), strict=True):
        if after.dim() > 1:
            assert (after == 0).float().mean() >= 0.5 - 1 / after.numel()
        else:
            assert torch.equal(before, after)


@pytest.mark.parametrize(
    ("share", "scope", "says"),
    [(1.0, "global", "share is 1.0"), (-0.1, "global", "below 1"), (0.5, "layer", "scope is 'lay")],
)
def test_a_share_or_scope_out_of_range_is_refused(share: float, scope: str, says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        pruned(tiny.translator(tiny.TRANSFORMER), share, scope)


@pytest.mark.parametrize("config", [tiny.PLAIN_RNN, tiny.TRANSFORMER], ids=["rnn", "transformer"])
@pytest.mark.parametrize("soft", [False, True])
def test_training_again_keeps_the_zeros_and_moves_the_rest(config, soft, tmp_path) -> None:
    store, whole = RunStore(tmp_path), tiny.translator(config)
    cut = pruned(whole, 0.6)
    loss = KeepZeros(WordKD()) if soft else KeepZeros()
    recipe = replace(tiny.recipe(config), loss=loss)
    again = train(recipe, tiny.corpus(), whole if soft else None, start=cut, store=store)
    zero = weights(cut.model) == 0
    assert torch.equal(weights(again.model) == 0, zero)
    assert not torch.equal(weights(again.model)[~zero], weights(cut.model)[~zero])
    assert sparsity(again.model) == pytest.approx(0.6, abs=0.001)


def test_a_start_of_other_sizes_is_refused(tmp_path) -> None:
    start, recipe = tiny.translator(tiny.FED_RNN), tiny.recipe(tiny.TRANSFORMER)
    with pytest.raises(RecipeError, match="other sizes than the recipe"):
        train(recipe, tiny.corpus(), start=start, store=RunStore(tmp_path))


def test_packed_weights_cannot_be_pruned() -> None:
    with pytest.raises(RecipeError, match="packed weights.*prune first, then int8"):
        pruned(int8(tiny.translator()), 0.5)


def test_a_start_of_another_shape_is_refused_though_its_weights_fit(tmp_path) -> None:
    store, heads = RunStore(tmp_path), replace(tiny.TRANSFORMER, heads=1)
    start = train(tiny.recipe(), tiny.corpus(), store=store)
    with pytest.raises(RecipeError, match="other sizes"):
        train(tiny.recipe(heads), tiny.corpus(), start=start, store=store)


def test_a_start_may_have_another_dropout(tmp_path) -> None:
    store, calm = RunStore(tmp_path), replace(tiny.TRANSFORMER, dropout=0.0)
    start = train(tiny.recipe(), tiny.corpus(), store=store)
    assert train(tiny.recipe(calm), tiny.corpus(), start=start, store=store).updates == 8


@every_model
def test_int8_gives_nearly_the_same_probabilities_in_fewer_bytes(config) -> None:
    whole = tiny.translator(config)
    small = int8(whole)
    assert small.params == whole.params
    (a,), (b,) = (t.nbest(tiny.text().dev.source[:1], 1) for t in (whole, small))
    assert a[0][1] == pytest.approx(b[0][1], abs=0.5)
    assert small.key != whole.key
