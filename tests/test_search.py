"""Search: exhaustive where the space is small enough to walk, exact about what it returns."""

import math
from functools import partial

import pytest
import tiny
import torch

from kdlab.errors import RecipeError
from kdlab.search import Found, beam_search, gnmt, greedy, per_token, raw_sum, sample
from kdlab.special_ids import IDS

V, LONGEST = 6, 4
every_model = pytest.mark.parametrize("name", tiny.CONFIGS)
every_rule = pytest.mark.parametrize("rule", [raw_sum, per_token, gnmt])


def outputs(found: Found) -> list[list[tuple[int, ...]]]:
    """Each sentence's hypotheses, padding and empty places cut off."""
    kept = found.log_probs > float("-inf")
    return [
        [tuple(t for t in row if t != IDS.pad) for row, k in zip(each, here, strict=True) if k]
        for each, here in zip(found.tokens.tolist(), kept.tolist(), strict=True)
    ]


def search(network: object, sources: list, longest: int, beam: int, rule=raw_sum) -> Found:
    """Beam search with the same limit for all."""
    limits = torch.full((len(sources),), longest)
    return beam_search(network.step, tiny.started(network, sources), limits, beam, rule)


def ranked(outputs: dict, rule) -> list[float]:
    """What an exhaustive search would report, best first."""
    ranks = (float(rule(torch.tensor(p), torch.tensor(float(len(y))))) for y, p in outputs.items())
    return sorted(ranks, reverse=True)


@every_model
@every_rule
def test_a_beam_as_wide_as_the_space_is_exhaustive_search(name: str, rule) -> None:
    network, sources = tiny.model(tiny.CONFIGS[name]), tiny.sources(4)
    found = search(network, sources, LONGEST, beam=90, rule=rule)
    for i, source in enumerate(sources):
        best = ranked(tiny.every_output(network, source, LONGEST, V), rule)
        assert found.ranks[i, : len(best)].tolist() == pytest.approx(best, abs=1e-4)
        assert torch.isinf(found.ranks[i, len(best) :]).all()


@every_rule
def test_a_table_is_searched_exhaustively_too(rule) -> None:
    table, start = tiny.table(), tiny.rows(1)
    found = beam_search(table.step, start, torch.tensor([3]), 30, rule)
    best = {}
    for a in range(3, V):
        for b in range(3, V):
            for y in ((2,), (a, 2), (a, b, 2)):
                best[y] = sum(table.log_p[p, t].item() for p, t in zip((1, *y), y, strict=False))
    assert found.ranks[0, : len(best)].tolist() == pytest.approx(ranked(best, rule), abs=1e-5)


@every_model
def test_the_n_best_are_different_sentences(name: str) -> None:
    network = tiny.model(tiny.CONFIGS[name])
    for found in outputs(search(network, tiny.sources(6), 6, beam=8)):
        assert len(set(found)) == len(found) == 8


@every_model
def test_beam_one_is_greedy_search(name: str) -> None:
    network, sources = tiny.model(tiny.CONFIGS[name]), tiny.sources(12)
    limits = torch.full((12,), 7)
    one = search(network, sources, 7, beam=1)
    best = greedy(network.step, tiny.started(network, sources), limits)
    assert outputs(one) == outputs(best)
    assert torch.allclose(one.log_probs, best.log_probs, atol=1e-5)


@every_model
@pytest.mark.parametrize("beam", [1, 3])
def test_a_log_probability_is_the_models_own_of_that_output(name: str, beam: int) -> None:
    network, sources = tiny.model(tiny.CONFIGS[name]), tiny.sources(9)
    found = search(network, sources, 8, beam)
    for source, said, scores in zip(sources, outputs(found), found.log_probs, strict=True):
        own = tiny.teacher_forced(network, [source] * len(said), said)
        assert scores[: len(said)].tolist() == pytest.approx(own, abs=1e-4)


@every_model
@pytest.mark.parametrize("beam", [1, 3])
def test_a_sentences_neighbours_change_nothing(name: str, beam: int) -> None:
    network, sources = tiny.model(tiny.CONFIGS[name]), tiny.sources(9)
    together = search(network, sources, 9, beam)
    for i, source in enumerate(sources):
        alone = search(network, [source], 9, beam)
        assert outputs(alone)[0] == outputs(together)[i]
        assert torch.allclose(alone.log_probs[0], together.log_probs[i], atol=1e-4)


@every_model
def test_hypotheses_come_best_first(name: str) -> None:
    found = search(tiny.model(tiny.CONFIGS[name]), tiny.sources(9), 9, beam=4, rule=per_token)
    assert (found.ranks[:, :-1] >= found.ranks[:, 1:]).all()


@pytest.mark.parametrize("beam", [1, 2, 3])  # 4 would reach eos in its own right
def test_at_its_limit_every_sentence_must_end(beam: int) -> None:
    table, limits = tiny.table(), torch.tensor([1, 2, 5])
    table.log_p[:, IDS.eos] -= 20  # never by itself
    for found in (
        beam_search(table.step, tiny.rows(3), limits, beam),
        greedy(table.step, tiny.rows(3), limits),
    ):
        lengths = [len(each[0]) for each in outputs(found)]
        assert lengths == limits.tolist()
        assert all(each[0][-1] == IDS.eos for each in outputs(found))


def test_ending_at_the_limit_costs_what_eos_costs() -> None:
    table = tiny.table()
    found = greedy(table.step, tiny.rows(1), torch.tensor([1]))
    assert found.log_probs.item() == pytest.approx(table.log_p[IDS.bos, IDS.eos].item())


def test_places_for_which_there_is_no_hypothesis_stay_empty() -> None:
    found = beam_search(tiny.table().step, tiny.rows(1), torch.tensor([1]), beam=4)
    assert outputs(found) == [[(IDS.eos,)]]
    assert torch.isinf(found.log_probs[0, 1:]).all()


def short_and_long() -> tiny.Rows:
    """Sentence 0 ends at once, sentence 1 hardly ever."""
    start = tiny.rows(2)
    start.bonus[0, IDS.eos], start.bonus[1, IDS.eos] = 20.0, -20.0
    return start


@pytest.mark.parametrize(
    ("way", "calls"),
    [(greedy, [2, 1, 1, 1, 1]), (partial(beam_search, beam=1), [2, 1, 1, 1, 1]),
     (partial(beam_search, beam=2), [4, 4, 2, 2, 2])],
)  # fmt: skip
def test_a_finished_sentence_costs_nothing_more(way, calls: list[int]) -> None:
    table = tiny.table()
    way(table.step, short_and_long(), torch.tensor([5, 5]))
    assert table.calls == calls


def test_search_stops_when_all_are_finished() -> None:
    table, start = tiny.table(), tiny.rows(3)
    start.bonus[:, IDS.eos] = 20.0
    greedy(table.step, start, torch.full((3,), 50))
    beam_search(table.step, start, torch.full((3,), 50), beam=1)
    assert table.calls == [3, 3]


@pytest.mark.parametrize("beam", [1, 2, 3])
def test_a_longer_hypothesis_can_overtake_under_a_length_rule(beam: int) -> None:
    table = tiny.table()
    table.log_p[:] = -30.0
    table.log_p[IDS.bos, IDS.eos], table.log_p[IDS.bos, 4] = math.log(0.4), math.log(0.35)
    table.log_p[4, 5], table.log_p[5, IDS.eos] = math.log(0.9), math.log(0.9)
    limits = torch.tensor([4])
    by = {
        rule: outputs(beam_search(table.step, tiny.rows(1), limits, beam, rule))[0][0]
        for rule in (raw_sum, per_token)
    }
    assert by == {raw_sum: (2,), per_token: (4, 5, 2)}


def test_gnmts_rule_is_the_published_one() -> None:
    assert gnmt(torch.tensor(-7.0), torch.tensor(7.0)).item() == pytest.approx(-7 / 2**0.6)


def draws(n: int, temperature: float = 1.0) -> torch.Tensor:
    """The first pieces of n sampled sentences, as shares of V."""
    table, generator = tiny.table(), torch.Generator().manual_seed(1)
    limits = torch.full((n,), 5)
    found = sample(table.step, tiny.rows(n), limits, generator, temperature)
    return found.tokens[:, 0, 0].bincount(minlength=V) / n


def test_sampling_frequencies_follow_p() -> None:
    p = tiny.table().log_p[IDS.bos].exp()
    assert (draws(20_000) - p).abs().max() < 0.015


def test_sampling_at_a_temperature_follows_p_to_the_one_over_tau() -> None:
    p = (tiny.table().log_p[IDS.bos] / 0.5).softmax(-1)
    assert (draws(20_000, temperature=0.5) - p).abs().max() < 0.015


@every_model
def test_a_samples_log_probability_is_at_temperature_one(name: str) -> None:
    network, sources = tiny.model(tiny.CONFIGS[name]), tiny.sources(6)
    draw, limits = torch.Generator().manual_seed(3), torch.full((6,), 9)
    found = sample(network.step, tiny.started(network, sources), limits, draw, temperature=2.0)
    own = tiny.teacher_forced(network, sources, [each[0] for each in outputs(found)])
    assert found.log_probs[:, 0].tolist() == pytest.approx(own, abs=1e-4)


def test_the_same_generator_gives_the_same_samples() -> None:
    assert torch.equal(draws(50), draws(50))


@pytest.mark.parametrize("beam", [0, -3])
def test_a_beam_below_one_is_refused(beam: int) -> None:
    with pytest.raises(RecipeError, match=f"beam is {beam}; expected 1 or more"):
        beam_search(tiny.table().step, tiny.rows(1), torch.tensor([3]), beam)


def test_a_temperature_of_zero_is_refused() -> None:
    with pytest.raises(RecipeError, match="temperature is 0; expected a number above 0"):
        sample(tiny.table().step, tiny.rows(1), torch.tensor([3]), torch.Generator(), 0)
