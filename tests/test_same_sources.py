"""Training sets compare on the same sources, as often: what is there twice counts once."""

import tiny

from kdlab.corpora import Pairs
from kdlab.distill import mixed, repeated
from kdlab.metrics import aligned_counts, complexity, faithfulness, linked_words, same_sources


def counts(pairs: Pairs) -> dict:
    return aligned_counts(linked_words(pairs, str.split))


def pairs(*each: tuple[str, str]) -> Pairs:
    return Pairs("some", tuple(x for x, _ in each), tuple(y for _, y in each))


GOLD = pairs(("ก", "a"), ("ข", "b"), ("ก", "c"), ("ค", "d"))


def test_the_same_pairs_twice_are_the_same_set() -> None:
    corpus = tiny.corpus()
    gold, twice = same_sources(corpus.train, repeated(corpus).train, 50)
    assert (gold.source, gold.target) == (twice.source, twice.target)
    assert faithfulness(counts(gold), counts(twice)).by_token == 0
    assert complexity(counts(gold)) == complexity(counts(twice))


def test_several_targets_of_a_source_take_turns() -> None:
    corpus = tiny.corpus()
    other = corpus.with_train(
        corpus.train.with_target(tuple("x" for _ in corpus.train.target)), "x"
    )
    gold, both = same_sources(corpus.train, mixed(corpus, other).train, 1000)
    assert gold.source == both.source == corpus.train.source
    assert both.target[0::2] == gold.target[0::2]
    assert set(both.target[1::2]) == {"x"}


def test_a_source_that_is_twice_in_gold_keeps_its_two_targets() -> None:
    _, own = same_sources(GOLD, GOLD, 4)
    assert own.target == ("a", "b", "c", "d")


def test_a_source_that_is_gone_is_gone_from_both() -> None:
    gold, own = same_sources(GOLD, pairs(("ก", "a"), ("ก", "c"), ("ค", "e")), 4)
    assert gold.source == own.source == ("ก", "ก", "ค")
    assert own.target == ("a", "c", "e")


def test_of_other_sources_nothing_is_left() -> None:
    gold, own = same_sources(GOLD, pairs(("ง", "a")), 4)
    assert len(gold) == len(own) == 0
