"""Linked words and how often each link is there: what complexity and faithfulness are made of."""

from collections import Counter
from collections.abc import Mapping, Sequence

Linked = Sequence[Sequence[tuple[str, str]]]  # for each sentence, its (source word, target word)
Counts = Mapping[str, Mapping[str, float]]  # {source word: {target word: how often linked}}


def aligned_counts(linked: Linked) -> dict[str, Counter[str]]:
    """How often each source word is linked to each target word: {x: {y: count}}."""
    counts: dict[str, Counter[str]] = {}
    for sentence in linked:
        for x, y in sentence:
            counts.setdefault(x, Counter())[y] += 1
    return counts
