"""Lexical diversity against all subsets of a small text; lengths beside gold."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdlab.errors import CorpusError, ShapeError
from kdlab.metrics import length_ratio, lexical_diversity

texts = st.lists(st.sampled_from("abcd"), min_size=1, max_size=7)


@given(words=texts, m=st.integers(1, 7))
def test_expected_types_are_the_mean_over_all_subsets(words: list[str], m: int) -> None:
    m = min(m, len(words))
    subsets = list(itertools.combinations(words, m))
    by_hand = sum(len(set(subset)) for subset in subsets) / len(subsets)
    assert lexical_diversity([" ".join(words)], m).types == pytest.approx(by_hand)


@given(words=texts)
def test_entropy_is_between_one_word_and_even_words(words: list[str]) -> None:
    found = lexical_diversity(words)
    assert -1e-12 <= found.entropy <= math.log(len(set(words))) + 1e-12


def test_a_text_is_measured_whole_by_default() -> None:
    found = lexical_diversity(["we tried it", "we tried"])
    assert (found.words, found.types, found.types_per_word) == (5, 3, 0.6)
    assert found.entropy == pytest.approx(0.8 * math.log(2.5) + 0.2 * math.log(5))


def test_where_words_stand_does_not_matter() -> None:
    assert lexical_diversity(["a b", "c a"], 2) == lexical_diversity(["c", "", "b a  a"], 2)


def test_the_longer_of_two_like_texts_is_as_diverse_at_equal_size() -> None:
    short = ["a b c d"] * 10
    long = short * 2
    assert lexical_diversity(long).types_per_word == lexical_diversity(short).types_per_word / 2
    assert lexical_diversity(long, 40).types == pytest.approx(4, abs=1e-3)


@pytest.mark.parametrize("words", [0, 4])
def test_more_words_than_there_are_is_refused(words: int) -> None:
    with pytest.raises(CorpusError, match=f"{words} words were asked of a text of 3"):
        lexical_diversity(["a b c"], words)


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(CorpusError, match="0 words were asked of a text of 0"):
        lexical_diversity(["", " "])


def test_lengths_are_compared_as_whole_texts() -> None:
    assert length_ratio(["a", "b c d e"], ["a b", "c d"]) == 1.25


def test_gold_without_words_has_no_ratio() -> None:
    assert math.isnan(length_ratio(["a"], [""]))


def test_other_lines_are_refused_with_both_counts() -> None:
    with pytest.raises(ShapeError, match="1 lines but 2 gold ones"):
        length_ratio(["a"], ["a", "b"])
