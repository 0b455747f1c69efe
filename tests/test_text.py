"""Sentence pairs: aligned, or refused."""

import pytest

from kdlab.corpora.text import Pairs
from kdlab.errors import CorpusError

WORDS = Pairs(
    "words", ("น้ำ", "ไฟ", "ดิน"), ("water", "fire", "earth"),
    references=(("water", "fire", "soil"),), noisy=(0, 2),
)  # fmt: skip


def test_targets_of_another_number_are_refused_with_both_counts() -> None:
    with pytest.raises(CorpusError, match="words: 2 source lines but 1 target lines"):
        Pairs("words", ("น้ำ", "ไฟ"), ("water",))


def test_references_of_another_number_are_refused() -> None:
    with pytest.raises(CorpusError, match="1 source lines but 0 reference lines"):
        Pairs("words", ("น้ำ",), ("water",), references=((),))


def test_pairs_are_counted_and_walked_in_order() -> None:
    assert (len(WORDS), list(WORDS)[1]) == (3, ("ไฟ", "fire"))


def test_scores_use_the_references_where_there_are_any() -> None:
    assert WORDS.reference_sets == (("water", "fire", "soil"),)
    assert WORDS.with_target(("a", "b", "c")).reference_sets == (("a", "b", "c"),)


def test_a_head_cuts_references_and_noise_too() -> None:
    head = WORDS.head(2)
    assert (len(head), head.references, head.noisy) == (2, (("water", "fire"),), (0,))


def test_other_targets_keep_the_sources() -> None:
    distilled = WORDS.with_target(("a", "b", "c"), name="distilled")
    assert (distilled.name, distilled.source) == ("distilled", WORDS.source)


@pytest.mark.parametrize(
    "changed",
    [
        WORDS.head(2),
        WORDS.with_target(WORDS.target),  # loses its references
        Pairs("words", ("น้ำ\nไฟ",), ("water\nfire",)),
        Pairs("words", (), ()),
    ],
)
def test_the_fingerprint_changes_with_any_sentence(changed: Pairs) -> None:
    assert changed.fingerprint != WORDS.fingerprint


def test_the_fingerprint_ignores_the_name() -> None:
    assert Pairs("a", ("x",), ("y",)).fingerprint == Pairs("b", ("x",), ("y",)).fingerprint
