"""Comparisons and claims: sure of what is sure, silent about chance."""

import dataclasses
import math

import numpy as np
import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from kdlab.errors import RecipeError, ShapeError
from kdlab.experiments.suites.claims import Claim, gain_share
from kdlab.metrics import bleu, scores
from kdlab.metrics.bleu import bleu_counts, bleu_of_counts
from kdlab.metrics.outputs import Outputs, outputs
from kdlab.metrics.samples import Sample, samples
from kdlab.metrics.significance import comparison, contrast, holm

SAID = ["the cat sat on a mat .", "we will try it tomorrow", "no , they say"]
GOLD = ["the cat sat on the mat .", "we try it tomorrow , they say", "yes , of course"]


def mean_of(*values: float) -> Sample:
    """A measure that is the mean of one number a sentence."""
    parts = np.array([[value, 1.0] for value in values])
    return Sample(parts, lambda sums: sums[..., 0] / sums[..., 1])


def noisy(mean: float, n: int, seed: int) -> Sample:
    return mean_of(*(mean + np.random.default_rng(seed).standard_normal(n)))


@pytest.fixture(scope="module")
def said() -> Outputs:
    return outputs(tiny.translator(), tiny.text().dev, beam=2)


def test_counts_add_up_to_corpus_bleu() -> None:
    whole = bleu_of_counts(bleu_counts(SAID, GOLD).sum(0))
    assert whole == pytest.approx(bleu(SAID, [GOLD]), abs=1e-5)


def test_counts_of_many_draws_are_scored_at_once() -> None:
    counts = bleu_counts(SAID, GOLD)
    two = np.stack([counts.sum(0), counts[:2].sum(0)])
    assert bleu_of_counts(two) == pytest.approx([bleu(SAID, [GOLD]), bleu(SAID[:2], [GOLD[:2]])])


def test_no_matching_piece_is_a_score_of_nought() -> None:
    assert bleu_of_counts(bleu_counts(["a b c d"], ["w x y z"]).sum(0)) == 0


@pytest.mark.parametrize("metric", ["bleu_greedy", "bleu_beam2", "mode_mass", "ppl"])
def test_a_sample_of_all_sentences_is_the_score(said: Outputs, metric: str) -> None:
    pairs = tiny.text().dev
    row = scores(tiny.translator(), pairs, beam=2, said=said)
    found = samples(said, pairs)[metric].value
    assert found == pytest.approx(row[metric], rel=1e-4)  # logarithms are kept in whole units


def test_a_sentence_that_was_not_said_has_no_mode_mass(said: Outputs) -> None:
    greedy = dataclasses.replace(said.greedy, log_probs=(None, *[math.log(0.5)] * 7))
    found = samples(dataclasses.replace(said, greedy=greedy), tiny.text().dev)
    assert found["mode_mass"].value == pytest.approx(0.5, rel=1e-3)


def test_a_difference_on_every_sentence_is_sure() -> None:
    found = comparison([mean_of(2, 3, 4)], [mean_of(1, 2, 3)])
    assert (found.difference, found.low, found.high, found.p) == (1, 1, 1, 0)


def test_a_system_does_not_differ_from_itself() -> None:
    same = [mean_of(1, 5, 2), mean_of(2, 2, 9)]
    found = comparison(same, same)
    assert (found.low, found.high, found.p) == (0, 0, 1)


def test_systems_are_swapped_with_the_sign() -> None:
    a, b = [noisy(1, 50, s) for s in range(3)], [noisy(0, 50, s + 9) for s in range(3)]
    one, other = comparison(a, b), comparison(b, a)
    assert (one.low, one.high, one.p) == pytest.approx((-other.high, -other.low, other.p))


def test_the_interval_of_sentences_is_the_paired_t_test() -> None:
    a, b = noisy(0, 40, 1), noisy(0, 40, 2)
    found, each = comparison([a], [b]), (a.parts - b.parts)[:, 0]
    half = stdtrit(39, 0.975) * each.std(ddof=1) / math.sqrt(40)
    assert (found.low, found.high) == pytest.approx((each.mean() - half, each.mean() + half))


def test_three_runs_alike_on_all_sentences_are_the_t_test_of_three() -> None:
    seeds = [mean_of(*[value] * 20) for value in (10.0, 12.0, 17.0)]
    found = comparison(seeds, [mean_of(*[0.0] * 20)] * 3)
    half = 4.30265 * np.std([10, 12, 17], ddof=1) / math.sqrt(3)
    assert (found.low, found.high) == pytest.approx((13 - half, 13 + half), rel=1e-5)
    assert found.runs_share == pytest.approx(1)


def test_there_is_no_ratio_to_what_may_be_nought() -> None:
    assert math.isnan(comparison([mean_of(1, 2)], [mean_of(-1, 1)]).ratio)


def test_what_is_undefined_is_never_sure() -> None:
    of_none = Sample(np.zeros((40, 2)), lambda sums: np.divide(sums[..., 0], np.nan))
    assert comparison([of_none], [of_none]).p == 1.0


def test_another_test_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"scored on \[2, 3\] sentences"):
        comparison([mean_of(1, 2)], [mean_of(1, 2, 3)])


CLAIM = Claim("C", "a is more than b", "mean", "a", "b")


def of(**systems: list[Sample]) -> dict[str, dict[str, list[Sample]]]:
    """What a claim is given: {system: {metric: samples}}."""
    return {name: {"mean": each} for name, each in systems.items()}


@pytest.mark.parametrize(
    ("claim", "a", "holds"),
    [
        (CLAIM, 2.0, "yes"),
        (CLAIM, 0.0, "no"),
        (dataclasses.replace(CLAIM, below=True), 0.0, "yes"),
        (dataclasses.replace(CLAIM, margin=1.5), 2.0, "no"),
        (dataclasses.replace(CLAIM, factor=1.5), 2.0, "yes"),
        (dataclasses.replace(CLAIM, factor=2.0), 2.0, "not separated"),
    ],
)
def test_a_claim_is_decided_by_its_interval(claim: Claim, a: float, holds: str) -> None:
    one = [mean_of(1.0, 1.0)]
    assert claim.verdict(of(a=[mean_of(a, a)], b=one))["holds"] == holds


def test_chance_separates_nothing() -> None:
    found = CLAIM.verdict(of(a=[noisy(0, 100, 1)], b=[noisy(0, 100, 2)]))
    assert found["holds"] == "not separated"
    assert found["low"] < found["figure"] < found["high"]


def test_a_claim_with_a_factor_shows_the_ratio() -> None:
    found = dataclasses.replace(CLAIM, factor=3.0).verdict(of(a=[mean_of(8, 8)], b=[mean_of(2, 2)]))
    assert (found["of"], found["figure"]) == ("a / b", 4)


def test_a_claim_about_a_ratio_to_what_may_be_nought_shows_the_difference() -> None:
    found = dataclasses.replace(CLAIM, factor=0.5).verdict(of(a=[mean_of(1, 1)], b=[mean_of(0, 0)]))
    assert (found["of"], found["figure"]) == ("a - 0.5 b", 1)


GAIN = {"base": [mean_of(1, 1)], "part": [mean_of(4, 4)], "whole": [mean_of(5, 5)]}


def test_a_contrast_is_a_weighted_sum() -> None:
    found = contrast(GAIN, {"whole": 1.0, "part": -2.0})
    assert (found.figure, found.low, found.high) == (-3, -3, -3)


def test_the_share_of_a_gain_is_one_sum_over_another() -> None:
    found = contrast(GAIN, {"part": 1.0, "base": -1.0}, {"whole": 1.0, "base": -1.0})
    assert found.figure == found.low == found.high == 0.75


def test_a_contrast_of_two_systems_is_their_comparison() -> None:
    a, b = [noisy(1, 100, s) for s in (1, 2, 3)], [noisy(0, 100, s) for s in (4, 5, 6)]
    found, pair = contrast({"a": a, "b": b}, {"a": 1.0, "b": -1.0}), comparison(a, b)
    assert (found.figure, found.low, found.high, found.p) == (
        pair.difference, pair.low, pair.high, pair.p,
    )  # fmt: skip


def test_no_gain_has_no_share() -> None:
    none = {**GAIN, "whole": [mean_of(1, 1)]}
    assert math.isnan(contrast(none, {"part": 1.0}, {"whole": 1.0, "base": -1.0}).figure)


@pytest.mark.parametrize("weights", [({"wohle": 1.0}, None), ({"part": 1.0}, {"wohle": 1.0})])
def test_a_weight_of_no_system_is_refused(weights: tuple) -> None:
    with pytest.raises(RecipeError, match="no system 'wohle' to weigh.*Did you mean 'whole'"):
        contrast(GAIN, *weights)


@pytest.mark.parametrize(("margin", "holds"), [(0.7, "yes"), (0.8, "no")])
def test_a_share_is_decided_by_its_interval(margin: float, holds: str) -> None:
    claim = gain_share("S", "the part has most of it", ("part", "whole", "base"), margin)
    found = dataclasses.replace(claim, metric="mean").verdict(of(**GAIN))
    assert (found["holds"], found["figure"]) == (holds, 0.75)
    assert found["of"] == "(part - base) / (whole - base)"


def test_a_share_of_no_gain_is_not_testable_and_json_can_hold_it() -> None:
    claim = gain_share("S", "the part has most of it", ("part", "base", "base"))
    found = dataclasses.replace(claim, metric="mean").verdict(of(**GAIN))
    assert (found["holds"], found["figure"]) == ("not testable", None)


def test_a_share_is_decided_where_the_gain_is_small_but_sure() -> None:
    of = {"base": {"mean": [mean_of(*[0.0] * 10)]}, "part": {"mean": [mean_of(*[9.0] * 10)]}}
    of["whole"] = {"mean": [mean_of(*[0.0] * 5, *[1.0] * 5)]}
    claim = gain_share("S", "the part has most of it", ("part", "whole", "base"), 0.7)
    found = dataclasses.replace(claim, metric="mean").verdict(of)
    half = stdtrit(9, 0.975) * math.sqrt(0.25 / 9)
    assert found["holds"] == "yes"
    assert (found["low"], found["high"]) == pytest.approx((9 / (0.5 + half), 9 / (0.5 - half)))


def test_a_claim_about_no_number_can_be_written() -> None:
    found = CLAIM.verdict(of(a=[mean_of(math.nan)], b=[mean_of(1.0)]))
    assert found["figure"] is None


P_VALUES = st.lists(st.floats(0.0001, 1.0), min_size=1, max_size=12)


@given(P_VALUES)
def test_a_corrected_p_value_keeps_its_place_between_its_own_and_bonferronis(each: list) -> None:
    corrected = holm(each)
    assert all(p <= c <= min(1.0, len(each) * p) for p, c in zip(each, corrected, strict=True))
    assert [c for _, c in sorted(zip(each, corrected, strict=True))] == sorted(corrected)


def test_of_many_comparisons_without_a_difference_few_files_cry_wolf() -> None:
    drawn = np.random.default_rng(1).uniform(size=(2000, 20))
    false_alarms = np.mean([min(holm(list(row))) < 0.05 for row in drawn])
    assert abs(false_alarms - 0.05) < 0.015
    assert np.mean(drawn.min(1) < 0.05) > 0.5  # without the correction


@pytest.mark.parametrize(("margin", "sure"), [(0.0, True), (0.5, False), (1.0, True)])
def test_a_verdicts_p_is_held_against_its_margin(margin: float, sure: bool) -> None:
    of = {"a": {"m": [noisy(0.5, 400, 2)]}, "b": {"m": [noisy(0.0, 400, 1)]}}
    row = Claim("C", "", "m", "a", "b", margin=margin).verdict(of)
    assert (row["p"] < 0.05) == sure
    assert row["margin"] == margin


@pytest.mark.parametrize(("margin", "sure"), [(0.5, False), (0.8, True)])
def test_a_shares_p_is_held_against_its_margin(margin: float, sure: bool) -> None:
    means = {"part": 0.5, "whole": 1.0, "base": 0.0}
    of = {s: {"bleu_greedy": [noisy(mean, 4000, 1 + len(s))]} for s, mean in means.items()}
    assert (gain_share("S", "", tuple(means), margin).verdict(of)["p"] < 0.05) == sure
