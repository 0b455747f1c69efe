"""Targets and text from the grammar: true, new, and of nothing that is held out."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import tiny

from kdlab.corpora import Pairs, ParallelText
from kdlab.corpora.minitalks import Grammar, load_grammar
from kdlab.distill import (
    alphabetical,
    canonical,
    extra_sources,
    extra_targets,
    fresh_references,
    noise_dropped,
    noise_repaired,
    with_second_references,
)
from kdlab.errors import CorpusError, RecipeError
from kdlab.experiments.corpus import Corpus

NOISY = (0, 7, 30)


@cache
def grammar() -> Grammar:
    return load_grammar()


@cache
def corpus() -> Corpus:
    """80 pairs of minitalks, three of them with another's target; pieces play no part here."""
    draw = np.random.default_rng(5)
    sources = grammar().sample_sources(120, draw)

    def split(name: str, start: int, end: int, noisy: tuple[int, ...] = ()) -> Pairs:
        target = [grammar().sample(source, draw) for source in sources[start:end]]
        for row in noisy:
            target[row] = "wrong ."
        own = tuple(sources[start:end])
        return Pairs(name, own, tuple(target), noisy=noisy, grammar=grammar())

    text = ParallelText(
        "minitalks", "few", split("train", 0, 80, NOISY), split("dev", 80, 100),
        {"test": split("test", 100, 120)}, grammar(),
    )  # fmt: skip
    return Corpus(text, tiny.tokenizer())


MADE = (
    canonical, alphabetical, fresh_references, with_second_references, noise_dropped,
    noise_repaired,
)  # fmt: skip


@pytest.mark.parametrize("make", MADE)
def test_dev_tests_pieces_and_grammar_stay(make: Callable[[Corpus], Corpus]) -> None:
    found = make(corpus())
    assert (found.dev, found.tests) == (corpus().dev, corpus().tests)
    assert found.tokenizer is corpus().tokenizer
    assert found.grammar is found.train.grammar is grammar()
    assert found.teacher is None


@pytest.mark.parametrize(
    ("make", "targets"),
    [
        (canonical, "canonical (true mode)"),
        (alphabetical, "alphabetical"),
        (fresh_references, "fresh references, seed 1"),
        (lambda c: fresh_references(c, 3, 4), "fresh references, 3 a source, seed 4"),
        (with_second_references, "gold + fresh references, seed 1"),
        (noise_dropped, "gold, 3 noisy pairs dropped"),
        (noise_repaired, "gold, 3 noisy pairs repaired, seed 1"),
    ],
)
def test_the_corpus_says_what_its_targets_are(make: Callable, targets: str) -> None:
    assert make(corpus()).targets == targets


def test_alphabetical_targets_are_right_and_none_comes_before_them() -> None:
    found = alphabetical(corpus())
    for source, said in zip(found.train.source, found.train.target, strict=True):
        right = [t.text for t in corpus().grammar.translations(source)]
        assert said in right and all(said <= other for other in right)


def test_canonical_targets_are_the_modes() -> None:
    found = canonical(corpus())
    assert found.train.source == corpus().train.source
    assert all(grammar().mode(source) == target for source, target in found.train)


def test_fresh_references_are_translations_and_not_the_first_ones() -> None:
    found = fresh_references(corpus())
    assert all(grammar().log_prob(target, source) > -np.inf for source, target in found.train)
    same = sum(a == b for a, b in zip(found.train.target, corpus().train.target, strict=True))
    assert same < 60


def test_fresh_references_come_as_often_as_the_grammar_says() -> None:
    source = grammar().running_example("R1").thai
    one = corpus().with_train(Pairs("train", (source,), ("x",), grammar=grammar()), "gold")
    drawn = Counter(fresh_references(one, 2000).train.target)
    for text, p in grammar().translations(source)[:3]:
        assert drawn[text] / 2000 == pytest.approx(p, abs=4 * (p * (1 - p) / 2000) ** 0.5)


@pytest.mark.parametrize("make", [fresh_references, with_second_references, noise_repaired])
def test_the_seed_decides_the_draw(make: Callable) -> None:
    first, again, other = (make(corpus(), seed=seed) for seed in (1, 1, 2))
    assert first.train == again.train
    assert first.train != other.train


def test_several_fresh_references_are_several_draws() -> None:
    found = fresh_references(corpus(), 5)
    assert found.train.source == corpus().train.source * 5
    assert len(set(found.train)) > 2 * 80


def test_second_references_stand_beside_the_first() -> None:
    found = with_second_references(corpus())
    assert list(found.train)[:80] == list(corpus().train)
    assert list(found.train)[80:] == list(fresh_references(corpus()).train)
    assert found.train.noisy == NOISY


def test_dropping_leaves_out_the_corrupted_pairs_and_no_other() -> None:
    kept = [pair for row, pair in enumerate(corpus().train) if row not in NOISY]
    assert list(noise_dropped(corpus()).train) == kept


def test_dropping_needs_no_grammar() -> None:
    pairs = Pairs("train", ("a", "b"), ("1", "wrong"), noisy=(1,))
    found = noise_dropped(tiny.corpus().with_train(pairs, "gold"))
    assert list(found.train) == [("a", "1")]


def test_repairing_changes_the_corrupted_pairs_and_no_other() -> None:
    found = noise_repaired(corpus())
    pairs = list(zip(corpus().train.target, found.train.target, strict=True))
    assert tuple(row for row, (old, new) in enumerate(pairs) if old != new) == NOISY
    assert all(grammar().log_prob(target, source) > -np.inf for source, target in found.train)
    assert found.train.noisy == ()


@pytest.mark.parametrize("clean", [noise_dropped, noise_repaired])
def test_cleaning_what_has_no_known_noise_is_refused(clean: Callable) -> None:
    with pytest.raises(CorpusError, match=r"minitalks with canonical \(true mode\) targets knows"):
        clean(canonical(corpus()))


@pytest.mark.parametrize(
    "make",
    [
        canonical, alphabetical, fresh_references, with_second_references, noise_repaired,
        extra_sources,
        extra_targets,
    ],
)  # fmt: skip
def test_without_a_grammar_there_is_no_truth(make: Callable) -> None:
    with pytest.raises(RecipeError, match="invented has no grammar"):
        make(tiny.corpus())


def test_no_fresh_reference_at_all_is_refused() -> None:
    with pytest.raises(RecipeError, match="n is 0; expected 1 or more"):
        fresh_references(corpus(), 0)


@pytest.mark.parametrize(("times", "n"), [(0, 0), (0.5, 40), (1, 80), (4, 320)])
def test_extra_sources_are_as_many_as_asked_all_different_and_new(times: float, n: int) -> None:
    new = extra_sources(corpus(), times)
    old = {*corpus().train.source, *corpus().dev.source, *corpus().test.source}
    examples = {grammar().running_example(name).thai for name in grammar().running_examples}
    assert len(set(new)) == len(new) == n
    assert not (old | examples).intersection(new)
    assert all(grammar().translations(source) for source in new)


@pytest.mark.parametrize(("times", "n"), [(0, 0), (4, 320)])
def test_extra_targets_are_as_many_as_asked_and_new(times: float, n: int) -> None:
    new = extra_targets(corpus(), times)
    assert len(new) == n
    assert not {*corpus().train.target, *corpus().dev.target, *corpus().test.target} & set(new)


@pytest.mark.parametrize("extra", [extra_sources, extra_targets])
def test_more_extra_text_begins_with_less(extra: Callable) -> None:
    assert extra(corpus(), 4)[:80] == extra(corpus(), 1)
    assert extra(corpus(), 1, seed=2) != extra(corpus(), 1)


def test_extra_targets_are_not_the_translations_of_the_extra_sources() -> None:
    sources = {*corpus().train.source, *corpus().dev.source, *corpus().test.source}
    sources.update(extra_sources(corpus(), 4))
    answers = {t.text for source in sources for t in grammar().translations(source)}
    assert not answers.issuperset(extra_targets(corpus()))


@pytest.mark.parametrize("extra", [extra_sources, extra_targets])
def test_less_than_nothing_is_refused(extra: Callable) -> None:
    with pytest.raises(RecipeError, match="times is -1; expected 0 or more"):
        extra(corpus(), -1)


def test_more_sources_than_the_grammar_has_are_told() -> None:
    with pytest.raises(CorpusError, match="different sources were found; ask for fewer"):
        extra_sources(few(), 0.5)


def few() -> Corpus:
    """A corpus whose grammar can make no other sentence than its own."""

    class Small(Grammar):
        def sample_sources(self, n: int, rng: np.random.Generator) -> tuple[str, ...]:
            if n > len(corpus().train):
                raise CorpusError("only 80 different sources were found; ask for fewer.")
            return corpus().train.source[:n]

    small = Small(grammar().rules, grammar().lexicon)
    return Corpus(ParallelText(
        "minitalks", "few", corpus().train, corpus().dev, corpus().tests, small,
    ), tiny.tokenizer())  # fmt: skip
