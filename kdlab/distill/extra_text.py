"""More one-sided text, which a grammar can write without end; elsewhere you bring your own."""

from collections.abc import Callable

import numpy as np

from kdlab.corpora.minitalks.grammar import Grammar
from kdlab.distill.held_out import SplitCorpus, held_out_sources, held_out_targets
from kdlab.errors import RecipeError
from kdlab.metrics.known_truth import grammar_of
from kdlab.thai import normalise


def extra_sources(corpus: SplitCorpus, times: float = 1.0, seed: int = 1) -> tuple[str, ...]:
    """New different sources, `times` as many as there are training pairs, drawn by their prior.

    None is a source of train, dev or a test, so they are rarer sentences than those, and the more
    so the more they are. A smaller draw is the beginning of a larger one.
    Raises RecipeError without a grammar or for a negative `times`, CorpusError if the grammar does
    not seem to have so many.
    """
    grammar, n = grammar_of(corpus), _number(corpus, times)
    known = held_out_sources(corpus).union(map(normalise, corpus.train.source))
    return _new(grammar, [seed, 0], lambda source: source, known, n)


def extra_targets(corpus: SplitCorpus, times: float = 1.0, seed: int = 1) -> tuple[str, ...]:
    """New target text, `times` as many lines as there are training pairs: y ~ p*, s thrown away.

    None is a target or reference of train, dev or a test; a line can come twice, from two sources.
    A smaller draw is the beginning of a larger one. Errors as for `extra_sources`.
    """
    grammar, n = grammar_of(corpus), _number(corpus, times)
    known = held_out_targets(corpus).union(map(normalise, corpus.train.target))
    draw = np.random.default_rng([seed, 2])
    return _new(grammar, [seed, 1], lambda source: grammar.sample(source, draw), known, n)


def _number(corpus: SplitCorpus, times: float) -> int:
    if times < 0:
        raise RecipeError(f"times is {times}; expected 0 or more.")
    return round(times * len(corpus.train))


def _new(
    grammar: Grammar, seed: list[int], say: Callable[[str], str], known: frozenset[str], n: int
) -> tuple[str, ...]:
    """What is said of new sources, the first n lines that are not known."""
    lines, m = [], n
    while True:
        sources = grammar.sample_sources(m, np.random.default_rng(seed))  # begins as it did before
        lines += map(say, sources[len(lines) :])
        new = [line for line in lines if normalise(line) not in known]
        if len(new) >= n:
            return tuple(new[:n])
        # New ones become rarer, so somewhat more than the share of them so far asks for.
        m = 2 * m if not new else m + (n - len(new)) * m // len(new) + m // 10 + 1
