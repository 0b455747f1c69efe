"""Complexity and faithfulness: the reference's toys, hand-made sums, and what must hold always."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdlab.errors import RecipeError, ShapeError
from kdlab.metrics import complexity, complexity_difference, faithfulness
from kdlab.metrics.links import aligned_counts

TOY = {"x1": {"a": 3, "b": 1}, "x2": {"c": 4}}
H = 0.75 * math.log(4 / 3) + 0.25 * math.log(4)

said = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 50), min_size=1)
counts = st.dictionaries(st.sampled_from("xyz"), said, min_size=1)


def drawn(n: int, alternatives: int, seed: int = 0) -> list[list[tuple[str, str]]]:
    """n sentences of one word each, one of 5 types, with so many translations at even chances."""
    draw = np.random.default_rng(seed)
    x, y = draw.integers(5, size=n), draw.integers(alternatives, size=n)
    return [[(f"x{a}", f"y{b}")] for a, b in zip(x, y, strict=True)]


def test_the_references_complexity_comes_out() -> None:
    found = complexity(TOY)
    assert found.by_type == pytest.approx(0.281168, abs=1e-6)
    assert (found.types, found.tokens) == (2, 8)


def test_frequent_words_weigh_more_by_token() -> None:
    found = complexity({"x1": {"a": 3, "b": 1}, "x2": {"c": 12}})
    assert (found.by_type, found.by_token) == pytest.approx((H / 2, H * 4 / 16))


@given(counts=counts)
def test_complexity_is_between_certain_and_even(counts: dict) -> None:
    found = complexity(counts)
    most = math.log(max(map(len, counts.values())))
    assert -1e-12 <= min(found.by_type, found.by_token)
    assert max(found.by_type, found.by_token) <= most + 1e-12


@given(counts=counts, times=st.integers(2, 9))
def test_complexity_is_of_shares_not_of_counts(counts: dict, times: int) -> None:
    more = {x: {y: times * n for y, n in said.items()} for x, said in counts.items()}
    assert complexity(more).by_type == pytest.approx(complexity(counts).by_type)


def test_a_count_of_nought_is_a_word_that_was_not_seen() -> None:
    assert complexity({**TOY, "x3": {"d": 0}, "x2": {"c": 4, "e": 0}}) == complexity(TOY)


def test_no_links_have_no_complexity() -> None:
    assert math.isnan(complexity({}).by_type)
    assert math.isnan(faithfulness({}, TOY).by_type)


def test_the_references_faithfulness_comes_out() -> None:
    real, distilled = {"x": {"a": 3, "b": 1}}, {"x": {"a": 9, "b": 1}}
    assert faithfulness(real, distilled, 0).by_type == pytest.approx(0.092332, abs=1e-6)


def test_real_data_are_faithful_to_themselves_at_any_smoothing() -> None:
    for smoothing in (0, 0.1, 1):
        assert faithfulness(TOY, TOY, smoothing).by_type == pytest.approx(0, abs=1e-12)


@given(real=counts, distilled=counts, smoothing=st.floats(0.01, 1))
def test_faithfulness_is_finite_and_never_below_nought(real, distilled, smoothing) -> None:
    found = faithfulness(real, distilled, smoothing)
    assert -1e-12 <= min(found.by_type, found.by_token)
    assert math.isfinite(max(found.by_type, found.by_token))


def test_smoothing_is_added_over_the_words_of_both_sides() -> None:
    found = faithfulness({"x": {"a": 1}}, {"x": {"b": 1}}, smoothing=0.5)
    assert found.by_type == pytest.approx(0.75 * math.log(3) - 0.25 * math.log(3))


def test_a_translation_that_was_lost_is_infinitely_far_without_smoothing() -> None:
    assert faithfulness(TOY, {"x1": {"a": 1}, "x2": {"c": 1}}, 0).by_type == math.inf
    assert faithfulness(TOY, {"x1": {"a": 3, "b": 1}}, 0).by_type == math.inf


def test_a_source_word_that_only_the_distilled_data_link_is_passed_over() -> None:
    assert faithfulness(TOY, {**TOY, "new": {"d": 5}}).types == 2


def test_frequent_words_weigh_more_in_faithfulness_by_token() -> None:
    found = faithfulness(
        {"x1": {"a": 3, "b": 1}, "x2": {"c": 12}}, {"x1": {"a": 9, "b": 1}, "x2": {"c": 1}}, 0
    )
    assert (found.by_type, found.by_token) == pytest.approx((0.092332 / 2, 0.092332 / 4), abs=1e-6)


@pytest.mark.parametrize("smoothing", [-0.1, math.nan, 2])
def test_a_smoothing_out_of_range_is_refused(smoothing: float) -> None:
    with pytest.raises(RecipeError, match=f"smoothing is {smoothing}; expected a number from 0"):
        faithfulness(TOY, TOY, smoothing)


def test_a_difference_is_that_of_the_two_figures() -> None:
    a, b = drawn(400, 4), drawn(400, 2)
    found = complexity_difference(a, b, draws=20)
    each = [complexity(aligned_counts(linked)) for linked in (a, b)]
    assert found.by_type.value == pytest.approx(each[0].by_type - each[1].by_type)
    assert found.by_token.value == pytest.approx(each[0].by_token - each[1].by_token)


def test_the_interval_holds_the_true_difference_and_not_nought() -> None:
    found = complexity_difference(drawn(1000, 4), drawn(1000, 2)).by_type
    assert 0 < found.low < math.log(2) < found.high


def test_data_do_not_differ_from_themselves() -> None:
    a = drawn(50, 3)
    found = complexity_difference(a, a, draws=10)
    assert (found.by_type.low, found.by_type.high) == (0, 0)


def test_the_same_seed_draws_the_same_interval() -> None:
    a, b = drawn(60, 3, 1), drawn(60, 3, 2)
    assert complexity_difference(a, b, draws=9) == complexity_difference(a, b, draws=9)


def test_another_size_is_refused_with_both() -> None:
    with pytest.raises(ShapeError, match="a has 3 sentences and b 2"):
        complexity_difference(drawn(3, 2), drawn(2, 2))
