"""Lexical diversity: how many different words a text is written with."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kdlab.corpora.unit import Unit
from kdlab.errors import CorpusError


@dataclass(frozen=True)
class Diversity:
    """Words are what stands between spaces, as written; or characters, if the text asks for them.

    words: running words compared     types: distinct ones among so many drawn at random, expected
    entropy: of a word drawn from the whole text, in nats; exp of it is a number of even words
    """

    words: int
    types: float
    entropy: float

    @property
    def types_per_word(self) -> float:
        """Distinct words per running word, 0 to 1; falls as `words` grows."""
        return self.types / self.words


def lexical_diversity(
    lines: Sequence[str], words: int | None = None, unit: Unit | str | None = None
) -> Diversity:
    r"""Distinct words and entropy of a text.

    Expected types in m of N words, drawn without replacement, w standing n_w times:
    $\sum_w 1 - \binom{N - n_w}{m} / \binom{N}{m}$; for m = N those there are.
    unit: "word" or "character"; None = what the text asks for
    words: m, the size at which texts are compared, default all. The longer text always has the
    lower types_per_word: give the length of the shorter one. Entropy is too low by about
    (types - 1) / (2 N) nats.
    Raises CorpusError if the text has fewer words than m, or none.
    Source: Hurlbert (1971), expected species, of words.

    >>> text = ["a a b", "a c"]
    >>> lexical_diversity(text).types_per_word, round(lexical_diversity(text, words=2).types, 6)
    (0.6, 1.7)
    """
    unit = Unit.of(lines) if unit is None else Unit(unit)
    counts = np.array(list(Counter(w for line in lines for w in unit.cut(line)).values()))
    N = int(counts.sum())
    m = N if words is None else words
    if not 0 < m <= N:
        raise CorpusError(
            f"{m} words were asked of a text of {N}; give a number from 1 to the shorter text's."
        )
    log_factorial = np.cumsum(np.log(np.maximum(np.arange(N + 1), 1)))  # [N + 1]
    others = N - counts
    # A word is missed if all m are drawn from the others; surely not if those are fewer.
    can_miss = others >= m
    other = others[can_miss]
    log_missed = (
        log_factorial[other] - log_factorial[other - m] - log_factorial[N] + log_factorial[N - m]
    )
    share = counts / N
    return Diversity(
        m, len(counts) - float(np.exp(log_missed).sum()), -math.fsum(share * np.log(share))
    )
