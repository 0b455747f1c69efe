"""Thai sentences and the derivations behind them: drawing one, and finding all of a sentence."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from kdlab.corpora.minitalks.expression import Context, Paths, expand
from kdlab.corpora.minitalks.lexicon import Entry
from kdlab.corpora.minitalks.patterns import Pattern, Rules, ThaiItem


@dataclass(frozen=True)
class Derivation:
    """One way to make a sentence: a pattern, what fills its slots, and its prior probability."""

    pattern: Pattern
    entries: Mapping[str, Entry]
    prior: float

    def items(self, rules: Rules) -> tuple[Entry, ...]:
        """The Thai entry at each place of the pattern, in order."""
        return tuple(self._entry(item, rules) for item in self.pattern.thai)

    def _entry(self, item: ThaiItem, rules: Rules) -> Entry:
        if item.word is not None:
            return item.word
        filling = self.entries[item.name]
        return filling if item.words is not None else rules.classifiers[filling.classifier]

    def thai(self, rules: Rules) -> str:
        """The sentence, written without spaces as Thai is."""
        return "".join(entry.thai for entry in self.items(rules))

    def paths(self, rules: Rules, tagged: bool = False) -> Paths:
        """Every English text with its probability; tagged, each word names its Thai place."""
        places = {item.name: i for i, item in enumerate(self.pattern.thai) if item.words}
        context = Context(self.entries, rules.agreement, places if tagged else None)
        return expand(self.pattern.english, context)


class Drawer:
    """Draws derivations by their prior: a pattern by weight, then each slot by Zipf's law."""

    def __init__(self, rules: Rules):
        self.rules = rules
        self._patterns = list(accumulate(pattern.weight for pattern in rules.patterns))
        classes = {item.words for p in rules.patterns for item in p.thai if item.words}
        self._classes = {c.name: list(accumulate(c.probabilities)) for c in classes}

    def draw(self, rng: np.random.Generator) -> Derivation:
        """One derivation."""
        pattern = self.rules.patterns[_pick(self._patterns, rng.random())]
        prior = pattern.weight / self._patterns[-1]
        open_items = [item for item in pattern.thai if item.words is not None]
        entries = {}
        for item, share in zip(open_items, rng.random(len(open_items)), strict=True):
            chosen = _pick(self._classes[item.words.name], share)
            entries[item.name] = item.words.entries[chosen]
            prior *= item.words.probabilities[chosen]
        return Derivation(pattern, entries, prior)


def derivations(rules: Rules, source: str) -> tuple[Derivation, ...]:
    """All derivations of a sentence, possibly none.

    An example has its sentence to itself: a pattern that could also make it is passed over.
    """
    for example in rules.examples:
        if "".join(example.fixed) == source:
            return (Derivation(example, {}, 1.0),)
    total = sum(pattern.weight for pattern in rules.patterns)
    return tuple(
        Derivation(pattern, entries, prior * pattern.weight / total)
        for pattern in rules.patterns
        if all(word in source for word in pattern.fixed)  # spares most patterns a closer look
        for entries, prior in _fillings(pattern.thai, source, {}, 1.0)
    )


def _fillings(
    items: Sequence[ThaiItem], rest: str, entries: Mapping[str, Entry], prior: float
) -> Iterator[tuple[Mapping[str, Entry], float]]:
    """Every way to read `rest` as `items`, given what the slots before hold."""
    if not items:
        if not rest:
            yield entries, prior
        return
    item, later = items[0], items[1:]
    if item.words is None:
        word = item.word.thai if item.word is not None else entries[item.name].classifier
        if rest.startswith(word):
            yield from _fillings(later, rest[len(word) :], entries, prior)
        return
    for length in item.words.lengths:
        if length > len(rest):
            continue  # the slice below would be the same for every such length
        for entry, probability in item.words.by_thai.get(rest[:length], ()):
            filled = {**entries, item.name: entry}
            yield from _fillings(later, rest[length:], filled, prior * probability)


def _pick(cumulative: list[float], share: float) -> int:
    """The index whose slice of the cumulative weights holds `share` of their sum."""
    return min(bisect_right(cumulative, share * cumulative[-1]), len(cumulative) - 1)
