"""Batches: everything once, nothing over budget, the order a function of the seed."""

import itertools
import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kdlab.batching import Encoded, by_length, pad, shift
from kdlab.errors import CorpusError, RecipeError
from kdlab.special_ids import IDS
from kdlab.training.epochs import SOURCE_PIECES, endless, epoch

lengths = st.lists(st.integers(1, 30), min_size=1, max_size=60)


def data(lengths: list[int]) -> Encoded:
    """Targets of these lengths whose first piece tells which they are."""
    target = [[4 + i] + [3] * (n - 1) for i, n in enumerate(lengths)]
    return Encoded([[4 + i, IDS.eos] for i in range(len(lengths))], target)


def test_padding_goes_right_and_is_masked() -> None:
    ids, mask = pad([[5, 6, 2], [7, 2]])
    assert ids.tolist() == [[5, 6, 2], [7, 2, IDS.pad]]
    assert mask.tolist() == [[True, True, True], [True, True, False]]


def test_a_prefix_is_the_target_one_later() -> None:
    assert shift(torch.tensor([[5, 6, 2], [7, 2, 0]])).tolist() == [[1, 5, 6], [1, 7, 2]]


def test_a_batch_holds_the_rows_asked_for_in_order() -> None:
    batch = Encoded([[5, 2], [6, 6, 2], [2]], [[7, 2], [8, 2], [9, 9, 2]]).batch([2, 0])
    assert batch.rows.tolist() == [2, 0]
    assert batch.source.tolist() == [[2, 0], [5, 2]]
    assert batch.target.tolist() == [[9, 9, 2], [7, 2, 0]]
    assert batch.prefix.tolist() == [[1, 9, 9], [1, 7, 2]]
    assert (len(batch), batch.tokens) == (2, 5)


def test_another_target_brings_its_own_prefix() -> None:
    batch = Encoded([[5, 2]], [[7, 2]]).batch([0])
    other = batch.with_target(*pad([[8, 9, 2]]))
    assert other.prefix.tolist() == [[1, 8, 9]]
    assert torch.equal(other.source, batch.source)


def test_a_batch_moves_as_a_whole() -> None:
    moved = Encoded([[5, 2]], [[7, 2]]).batch([0]).to(torch.device("meta"))
    assert {getattr(moved, name).device.type for name in vars(moved)} == {"meta"}


@given(lengths, st.integers(1, 100))
@settings(max_examples=60, deadline=None)
def test_by_length_cuts_to_the_budget_and_loses_nobody(lengths: list[int], budget: int) -> None:
    batches = by_length(lengths, budget)
    assert sorted(itertools.chain(*batches)) == list(range(len(lengths)))
    for rows in batches:
        assert len(rows) == 1 or len(rows) * max(lengths[i] for i in rows) <= budget


def test_no_sentences_make_no_batches() -> None:
    assert by_length([], 10) == []


@given(lengths, st.integers(1, 100), st.integers(0, 50), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_an_epoch_holds_each_sentence_once(
    lengths: list[int], budget: int, seed: int, number: int
) -> None:
    batches = epoch(data(lengths), budget, seed, number)
    assert sorted(itertools.chain(*batches)) == list(range(len(lengths)))
    for rows in batches:
        assert len(rows) == 1 or len(rows) * max(lengths[i] for i in rows) <= budget


@pytest.mark.parametrize("n", [300, 5000])  # above 4096 sentences are sorted inside pools
def test_epochs_repeat_by_seed_and_differ_by_number(n: int) -> None:
    draw = random.Random(1)
    some = data([draw.randint(1, 20) for _ in range(n)])
    assert epoch(some, 100, seed=1, number=2) == epoch(some, 100, seed=1, number=2)
    others = [epoch(some, 100, 1, 3), epoch(some, 100, 2, 2)]
    assert epoch(some, 100, seed=1, number=2) not in others


def test_neighbours_are_drawn_anew_each_epoch() -> None:
    some = data([5] * 100)
    first, second = (set(map(frozenset, epoch(some, 25, 1, n))) for n in (0, 1))
    assert not first & second


def test_one_long_source_with_a_short_target_pads_few_others() -> None:
    others, pair = data([4] * 1000), Encoded([[4] * 450], [[4] * 4])
    some = Encoded([*others.source, *pair.source], [*others.target, *pair.target])
    batches = epoch(some, 4000, 1, 0)
    assert sorted(itertools.chain(*batches)) == list(range(1001))
    assert max(len(rows) * max(len(some.source[i]) for i in rows) for rows in batches) <= 16_000
    assert sorted(map(len, batches))[-1] > 900  # and the others stay together


@pytest.mark.parametrize("budget", [150, 300, 400])  # of every recipe before IWSLT's
def test_batches_with_less_source_are_as_they_were(budget: int) -> None:
    draw = random.Random(2)
    target = data([draw.randint(1, 20) for _ in range(3000)]).target
    some = Encoded([[4] * draw.randint(1, 40) for _ in range(3000)], target)
    batches = epoch(some, budget, 1, 0)
    assert max(len(rows) * max(len(some.source[i]) for i in rows) for rows in batches) < (
        SOURCE_PIECES
    )
    assert len(batches) == len(by_length([len(t) for t in target], budget))


def test_an_endless_stream_resumes_at_any_position() -> None:
    some = data([3, 1, 4, 1, 5, 9, 2, 6])
    whole = list(itertools.islice(endless(some, 10, seed=3), 12))
    for done in range(11):
        after, _ = whole[done]
        resumed = next(endless(some, 10, 3, after))
        assert resumed[0] == whole[done + 1][0]
        assert torch.equal(resumed[1].rows, whole[done + 1][1].rows)


def test_no_data_are_refused() -> None:
    with pytest.raises(CorpusError, match="training data are empty"):
        next(endless(Encoded([], []), 10, 1))


def test_a_budget_below_one_is_refused() -> None:
    with pytest.raises(RecipeError, match="batch_tokens is 0; expected 1 or more"):
        epoch(data([3]), 0, 1, 0)
