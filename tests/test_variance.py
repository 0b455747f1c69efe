"""Sentences and runs as two crossed factors: each counts once, and p and interval agree."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from kdlab.errors import ShapeError
from kdlab.files import shipped
from kdlab.metrics.bleu import bleu_counts, bleu_of_counts
from kdlab.metrics.samples import Sample
from kdlab.metrics.significance import comparison, contrast
from kdlab.metrics.variance import Systems


def sample(values: np.ndarray) -> Sample:
    """The mean of one number a sentence."""
    return Sample(np.stack([values, np.ones(len(values))], 1), lambda s: s[..., 0] / s[..., 1])


def system(S: int, n: int, seed: int, mean: float = 0.0, runs: float = 0.2) -> list[Sample]:
    """S runs that differ by themselves, on n sentences that are harder for all of them, or not."""
    draw = np.random.default_rng(seed)
    hard, own = draw.standard_normal(n), runs * draw.standard_normal(S)
    return [sample(mean + hard + own[s] + draw.standard_normal(n)) for s in range(S)]


def halves(found) -> float:
    return (found.high - found.low) / 2


def test_what_is_sentence_by_run_counts_once() -> None:
    """With nothing else in it the bootstrap gave 2.9 times the true variance, and no alarm."""
    draw, n, S, variances, alarms = np.random.default_rng(0), 200, 3, [], []
    for _ in range(400):
        a, b = ([sample(draw.normal(20, 3, n)) for _ in range(S)] for _ in range(2))
        variances.append(float(Systems.of({"a": a, "b": b}).spread(np.array([1.0, -1.0])).variance))
        alarms.append(comparison(a, b).p < 0.05)
    assert 0.9 < np.mean(variances) / (2 * 9 / n / S) < 1.35  # 1.22: a lucky V_run is held up
    assert 0.01 < np.mean(alarms) < 0.08


def test_the_parts_of_the_variance_are_unbiased() -> None:
    """Sentences 4 / n, runs .5 / S, sentence by run 9 / (n S): drawn 2,000 times."""
    draw, n, S = np.random.default_rng(1), 12, 3
    parts = []
    for _ in range(2000):
        x = 2 * draw.standard_normal(n) + math.sqrt(0.5) * draw.standard_normal((S, 1))
        x = x + 3 * draw.standard_normal((S, n))
        found = Systems.of({"a": [sample(row) for row in x]})
        (runs,) = found.runs
        parts.append([found.sentences[0, 0], runs.between[0, 0], runs.both[0, 0]])
    both = 9 / n / S
    assert np.mean(parts, 0) == pytest.approx([4 / n + both, 0.5 / S + both, both], rel=0.06)


def test_the_mean_of_few_sentences_and_runs_lies_in_its_interval_as_often_as_is_said() -> None:
    draw, n, S, inside = np.random.default_rng(2), 6, 3, []
    for _ in range(1000):
        x = draw.standard_normal((1, n)) + draw.standard_normal((S, 1)) / 4
        x = x + draw.standard_normal((S, n))
        found = contrast({"a": [sample(row) for row in x]}, {"a": 1.0})
        inside.append(found.low < 0 < found.high)
    assert 0.93 < np.mean(inside) < 0.98


def test_a_bleus_interval_is_that_of_drawing_its_sentences_anew() -> None:
    draw, n = np.random.default_rng(3), 300
    gold = [" ".join(map(str, draw.integers(0, 9, draw.integers(5, 15)))) for _ in range(n)]
    said = [" ".join(w if draw.random() < 0.8 else "x" for w in line.split()) for line in gold]
    counts = bleu_counts(said, gold)
    found = contrast({"a": [Sample(counts, bleu_of_counts)]}, {"a": 1.0})
    again = bleu_of_counts(draw.multinomial(n, np.full(n, 1 / n), size=2000) @ counts)
    assert halves(found) / stdtrit(n - 1, 0.975) == pytest.approx(again.std(), rel=0.05)


def test_the_influence_of_a_mean_is_each_sentence_less_the_mean() -> None:
    values = np.array([1.0, 5.0, 3.0, 7.0])
    assert sample(values).influence == pytest.approx(values - 4)


def test_counts_as_small_integers_are_the_same_counts() -> None:
    parts = np.array([[3, 9], [200, 255], [7, 8]], np.uint8)
    small, large = (Sample(p, lambda s: s[..., 0] / s[..., 1]) for p in (parts, parts.astype(int)))
    assert small.influence == pytest.approx(large.influence)


SEEDS, SOME = st.integers(0, 10_000), st.integers(2, 4)


@given(SEEDS, SOME, st.integers(2, 9))
def test_systems_are_swapped_with_the_sign(seed: int, S: int, n: int) -> None:
    a, b = system(S, n, seed), system(S, n, seed + 1)
    one, other = comparison(a, b), comparison(b, a)
    assert (one.low, one.high, one.p) == pytest.approx((-other.high, -other.low, other.p))


@given(SEEDS, SOME, st.integers(2, 9), st.sampled_from([1e-3, 7.0, 1e5]))
def test_another_unit_changes_the_figures_and_no_p(seed: int, S: int, n: int, unit: float) -> None:
    a, b = system(S, n, seed), system(S, n, seed + 1)
    one = comparison(a, b)
    other = comparison(*([sample(unit * s.parts[:, 0]) for s in each] for each in (a, b)))
    assert other.p == pytest.approx(one.p, rel=1e-6)
    assert (other.low, other.high) == pytest.approx((unit * one.low, unit * one.high), rel=1e-6)


@given(SEEDS, SOME, st.integers(2, 9))
def test_the_order_of_sentences_and_of_pairs_of_runs_is_nothing(seed: int, S: int, n: int) -> None:
    a, b = system(S, n, seed), system(S, n, seed + 1)
    draw = np.random.default_rng(seed)
    lines, runs = draw.permutation(n), draw.permutation(S)
    moved = ([sample(each[s].parts[lines, 0]) for s in runs] for each in (a, b))
    assert comparison(*moved).p == pytest.approx(comparison(a, b).p, rel=1e-6)


@given(SEEDS, SOME, st.integers(2, 9), st.floats(-2, 2))
def test_a_margin_is_rejected_where_it_lies_outside_the_interval(
    seed: int, S: int, n: int, margin: float
) -> None:
    of = {"a": system(S, n, seed), "b": system(S, n, seed + 1)}
    found = contrast(of, {"a": 1.0, "b": -1.0}, margin=margin)
    assert (found.p < 0.05) == (not found.low <= margin <= found.high)


@given(SEEDS, st.integers(1, 4), st.floats(-1, 3))
def test_a_share_is_rejected_where_it_lies_outside_its_interval(
    seed: int, S: int, margin: float
) -> None:
    of = {"a": system(S, 30, seed, 2.0), "b": system(S, 30, seed + 1, 4.0)}
    found = contrast(of, {"a": 1.0}, {"b": 1.0}, margin=margin)
    if math.isnan(found.figure):  # the lower one is not surely above 0: nothing is said
        assert contrast(of, {"b": 1.0}).low <= 0
    else:
        assert (found.p < 0.05) == (not found.low <= margin <= found.high)


def test_a_ratio_of_one_run_is_fiellers() -> None:
    """Roots of (a - m b)^2 = t^2 (v_aa - 2 m v_ab + m^2 v_bb)."""
    draw = np.random.default_rng(4)
    x, y = 3 + draw.standard_normal(25), 2 + draw.standard_normal(25)
    found = contrast({"x": [sample(x)], "y": [sample(y)]}, {"x": 1.0}, {"y": 1.0})
    v, t = np.cov(x, y) / 25, stdtrit(24, 0.975)
    square = [y.mean() ** 2 - t**2 * v[1, 1], -2 * (x.mean() * y.mean() - t**2 * v[0, 1])]
    roots = np.sort(np.roots([*square, x.mean() ** 2 - t**2 * v[0, 0]]))
    assert (found.low, found.high) == pytest.approx(tuple(roots), rel=1e-8)


def test_runs_of_one_seed_are_paired() -> None:
    """Students of one teacher share its luck: with their teachers exchanged they look apart."""
    luck = [-1.0, 0.0, 1.0]
    a, b = (
        [sample(x + s.parts[:, 0]) for x, s in zip(luck, system(3, 50, i, 0.5 * i, 0), strict=True)]
        for i in (1, 2)
    )
    assert halves(comparison(a, b)) < halves(comparison(a, b[::-1])) / 2


def test_other_numbers_of_runs_are_independent() -> None:
    """Three runs and two, alike on all sentences: the variances of the two means add up."""
    a, b = ([sample(np.full(20, x)) for x in each] for each in ((1.0, 2.0, 6.0), (1.0, 2.0)))
    parts = np.var([1, 2, 6], ddof=1) / 3, np.var([1, 2], ddof=1) / 2
    df = sum(parts) / (parts[0] / 2 + parts[1] / 1)
    assert halves(comparison(a, b)) == pytest.approx(stdtrit(df, 0.975) * math.sqrt(sum(parts)))


def test_a_single_run_says_what_it_speaks_for() -> None:
    one, three = system(1, 20, 1), system(3, 20, 2)
    assert comparison(one, one).given == "the one run of a, b"
    assert comparison(one, three).given == "the one run of a"
    assert comparison(three, three).given == ""
    assert math.isnan(comparison(one, one).runs_share)


def test_a_sure_difference_survives_a_correction_over_a_hundred() -> None:
    a, b = system(3, 200, 1, 2.0, 0.0), system(3, 200, 2, 0.0, 0.0)
    assert comparison(a, b).p < 0.05 / 100


def test_a_system_without_a_run_is_refused() -> None:
    with pytest.raises(ShapeError, match="There is no run of 'b'"):
        comparison(system(1, 5, 1), [])


def test_one_sentence_says_nothing() -> None:
    found = comparison(system(1, 1, 1), system(1, 1, 2))
    assert found.p == 1 and math.isnan(found.low)


# What the book says of its intervals; `tests/benchmarks/interval_coverage.py` wrote the file.
COVERAGE = {
    (row["system"], row["test"], row["metric"]): row["mean"]
    for row in json.loads((shipped("book/results") / "coverage.json").read_text())["summary"]
}
GOAL = {"2 runs": (0.02, 0.10), "3 runs": (0.03, 0.07), "5 runs": (0.03, 0.07)}


@pytest.mark.parametrize("runs", GOAL)
@pytest.mark.parametrize("world", ["sentences", "runs", "sentence by run", "mix", "mix, shared"])
def test_false_alarms_are_as_rare_as_they_should_be(world: str, runs: str) -> None:
    low, high = GOAL[runs]
    assert low <= COVERAGE[world, runs, "false_alarms"] <= high


@pytest.mark.parametrize("world", ["sentences", "runs", "sentence by run", "mix", "mix, shared"])
def test_of_one_run_false_alarms_about_itself_are_as_rare(world: str) -> None:
    assert COVERAGE[world, "1 run", "false_alarms"] <= 0.07
