"""A corpus with what it holds out for dev and tests, which no synthetic pair may repeat."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from kdlab.corpora.minitalks.grammar import Grammar
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.distill.sequence_level import Distillable
from kdlab.thai import normalise
from kdlab.tokenizer import Tokenizer
from kdlab.translator import Translator


class SplitCorpus(Distillable, Protocol):
    """A distillable corpus that knows what it holds out.

    targets: what its training targets are     teacher: who wrote them, if a model did
    grammar: what knows the true p*, on minitalks; else None
    """

    name: str
    text: ParallelText
    tokenizer: Tokenizer
    targets: str
    teacher: Translator | None
    dev: Pairs
    tests: Mapping[str, Pairs]
    grammar: Grammar | None


def held_out_sources(corpus: SplitCorpus) -> frozenset[str]:
    """Every source of dev and the tests, normalised; on minitalks the running examples' too."""
    grammar = corpus.grammar
    examples = [] if grammar is None else map(grammar.running_example, grammar.running_examples)
    lines = [line for pairs in _held_out(corpus) for line in pairs.source]
    return frozenset(map(normalise, [*lines, *(example.thai for example in examples)]))


def held_out_targets(corpus: SplitCorpus) -> frozenset[str]:
    """Every target and reference of dev and the tests, normalised."""
    sets = (lines for pairs in _held_out(corpus) for lines in (pairs.target, *pairs.references))
    return frozenset(normalise(line) for lines in sets for line in lines)


def _held_out(corpus: SplitCorpus) -> Iterator[Pairs]:
    yield corpus.dev
    yield from corpus.tests.values()
