"""The same sources of two training sets, so that what is counted in them compares."""

from collections import Counter, defaultdict

from kdlab.corpora.text import Pairs


def same_sources(gold: Pairs, train: Pairs, n: int) -> tuple[Pairs, Pairs]:
    """n evenly spaced pairs of gold, and as many of a training set that was made from it.

    Both have the same sources in one order, so that their complexities compare. Where a source has
    several targets in the training set, they take turns. A source that it has not is left out of
    both: of a training set with synthetic sources alone nothing is left.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for i, source in enumerate(train.source):
        places[source].append(i)
    times, seen, ranks = Counter(gold.source), Counter(), []
    for source in gold.source:  # a source may be in gold twice, with a target each
        ranks.append(seen[source])
        seen[source] += 1
    n, kept, own = min(n, len(gold)), [], []
    for turn in range(n):
        i = turn * len(gold) // n
        source = gold.source[i]
        if copies := len(places[source]) // times[source]:
            kept.append(i)
            own.append(places[source][ranks[i] + turn % copies * times[source]])
    return gold.rows(kept), train.rows(own)
