"""Complexity C(d): how uncertain the translation of a word is in a data set."""

from dataclasses import dataclass

import numpy as np

from kdlab.errors import ShapeError
from kdlab.metrics.links import Counts, Linked
from kdlab.ranges import whole


@dataclass(frozen=True)
class Complexity:
    """Entropy of a source word's translations, in nats per source word.

    by_type: mean over distinct source words; rare ones weigh as much as frequent ones
    by_token: mean over all links     types, tokens: how many words, how many links
    """

    by_type: float
    by_token: float
    types: int
    tokens: float


@dataclass(frozen=True)
class Interval:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ComplexityDifference:
    """C of one data set less C of another, nats; see `Complexity`."""

    by_type: Interval
    by_token: Interval


def complexity(counts: Counts) -> Complexity:
    r"""C(d), from aligned word counts; nats, 0 if every word has one translation. nan for no word.

    $C(d) = \frac{1}{|V_x|} \sum_x H(y \mid x)$ with $p_d(y \mid x)$ = count(x, y) / count(x).
    Pitfalls: entropies of few counts are too low, and they are most of the unweighted mean, so C
    grows with the corpus; it also moves with the aligner and with how words are cut. Compare only
    data of the same sources, cut and aligned in the same way: of equal size.
    Source: Zhou et al. (2020), as recalled; check the paper for the average. by_token is ours.

    >>> round(complexity({"x1": {"a": 3, "b": 1}, "x2": {"c": 4}}).by_type, 6)
    0.281168
    """
    word = [k for k, said in enumerate(counts.values()) for _ in said]
    n = [count for said in counts.values() for count in said.values()]
    return _complexity(np.array(word, int), np.array(n, float))


def complexity_difference(
    a: Linked, b: Linked, *, draws: int = 200, seed: int = 1
) -> ComplexityDifference:
    """C(a) - C(b) with 95 % intervals: bootstrap over the sentences, the same ones of both.

    a, b: linked words of the same n sources in one order; ShapeError if they are not as many
    A draw with replacement holds fewer word types, which lowers both C; its mean is not the
    figure. So the interval is the figure ± 1.96 standard deviations of the draws.
    """
    whole("draws", draws, 2)
    if len(a) != len(b) or not len(a):
        raise ShapeError(
            f"a has {len(a)} sentences and b {len(b)}; C compares only at equal size, so give the "
            "same sources' (`gold_rows` finds them)."
        )
    times = np.random.default_rng(seed).multinomial(len(a), np.full(len(a), 1 / len(a)), draws)
    weights = np.concatenate([np.ones((1, len(a))), times])  # the first: each sentence once
    differences = _by_weights(a, weights) - _by_weights(b, weights)  # [1 + draws, 2]
    return ComplexityDifference(*map(_interval, differences.T))


def _interval(values: np.ndarray) -> Interval:
    """values: the figure, then its draws."""
    value, half = float(values[0]), 1.96 * float(values[1:].std(ddof=1))
    return Interval(value, value - half, value + half)


def _by_weights(linked: Linked, weights: np.ndarray) -> np.ndarray:
    """[D, 2], C by type and by token for each row of sentence weights [D, n]."""
    words: dict[str, int] = {}
    ids: dict[tuple[str, str], int] = {}
    sentence = np.repeat(np.arange(len(linked)), [len(line) for line in linked])  # [L]
    link = np.array([ids.setdefault(pair, len(ids)) for line in linked for pair in line], int)
    word = np.array([words.setdefault(x, len(words)) for x, _ in ids], int)  # of each (x, y)
    found = [_complexity(word, np.bincount(link, w[sentence], len(ids))) for w in weights]
    return np.array([[c.by_type, c.by_token] for c in found])


def _complexity(word: np.ndarray, n: np.ndarray) -> Complexity:
    """word: [P], each (x, y)'s x; n: [P], its count, 0 if it was not seen."""
    word, n = word[n > 0], n[n > 0]
    if not len(n):
        return Complexity(float("nan"), float("nan"), 0, 0.0)
    total = np.bincount(word, n)  # [X], 0 for a word that was not seen
    share = n / total[word]
    entropy = np.bincount(word, -share * np.log(share))  # [X]
    types, tokens = int((total > 0).sum()), float(n.sum())
    by_token = float((total * entropy).sum()) / tokens
    return Complexity(float(entropy.sum()) / types, by_token, types, tokens)
