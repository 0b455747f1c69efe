"""Word alignment by IBM models 1 and 2: which source word does each target word come from?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from kdlab.errors import CorpusError, ShapeError
from kdlab.ranges import whole

Words = Sequence[Sequence[str]]
Links = tuple[tuple[int, int], ...]  # (place of a target word, place of its source word), by target
Ids = Mapping[str | None, int]
NULL = None  # the word behind target words that come from no source word


@dataclass(frozen=True, eq=False)
class Lexicon:
    """t(y given x), the chance of a target word given a source word: `lexicon("house", "บ้าน")`."""

    source_ids: Ids
    target_ids: Ids
    keys: np.ndarray
    t: np.ndarray

    def __repr__(self) -> str:
        sides = f"{len(self.source_ids):,} source and {len(self.target_ids):,} target words"
        return f"Lexicon: {sides}, {len(self.t):,} pairs that met"

    def __call__(self, target_word: str, source_word: str | None) -> float:
        """t(target word given source word), None being the null word; 0 if they never met."""
        if target_word not in self.target_ids or source_word not in self.source_ids:
            return 0.0
        x, y = self.source_ids[source_word], self.target_ids[target_word]
        at = np.searchsorted(self.keys, key := x * len(self.target_ids) + y)
        return float(self.t[at]) if at < len(self.keys) and self.keys[at] == key else 0.0


@dataclass(frozen=True, eq=False)
class Aligned:
    """What EM found for n sentence pairs.

    links: [n], the likeliest source word of each target word, as (place of the target word, place
    of its source word), by target; one from the null word has no link
    log_likelihoods: log p(targets given sources and lengths), nats, of the whole corpus: at the
    start, then after each iteration; it never falls     lexicon: t(y given x)
    """

    links: tuple[Links, ...]
    log_likelihoods: tuple[float, ...]
    lexicon: Lexicon

    def __repr__(self) -> str:
        found = sum(map(len, self.links))
        return f"Aligned: {len(self.links):,} pairs, {found:,} links; {self.lexicon}"


def align(source: Words, target: Words, *, ibm1: int = 10, ibm2: int = 0) -> Aligned:
    r"""Align each target word to a source word or to the null word, by EM from an even start.

    $p(y \mid x) = \prod_j \sum_i q(i \mid j, I, J)\, t(y_j \mid x_i)$, i over I source words and
    the null word. For `ibm1` iterations q is even (IBM-1, whose likelihood has no lesser maxima);
    then for `ibm2` iterations it is learned too (IBM-2). Link: the i of the largest q t.
    ibm1, ibm2: ours. On minitalks IBM-2 raises the likelihood and hardly moves the links (by a
    hundredth, either way; measure it with `link_accuracy`), so it is off by default.
    source, target: n sentences as words; the caller cuts them (pieces, or the grammar's words)
    Pitfalls: a target word has one source word at most; rare source words attract links that are
    not theirs; data aligned apart differ by their aligners too. About 90 bytes of memory for each
    target word times source word of a pair: meant for tens of thousands of short sentences.
    Raises ShapeError for unequal sides, CorpusError if there is no target word, RecipeError for a
    negative number of iterations.
    Source: Brown et al. (1993), sections 4.1 and 4.2.

    >>> source = ["das Haus".split(), "das Buch".split(), "ein Buch".split()]
    >>> target = ["the house".split(), "the book".split(), "a book".split()]
    >>> align(source, target).links[0]  # (target, source)
    ((0, 0), (1, 1))
    """
    whole("ibm1", ibm1, 0)
    whole("ibm2", ibm2, 0)
    edges = _edges(source, target)
    t = np.full(len(edges.keys), 1 / len(edges.target_ids))  # [P]
    q = 1 / np.bincount(edges.context)[edges.context]  # [Q], 1 / (I + 1)
    history = []
    for iteration in range(ibm1 + ibm2):
        joint, total = _expect(edges, t, q)
        history.append(float(np.log(total).sum()))
        share = joint / total[edges.token]  # [E], p(this source word given the pair)
        t = _normalised(np.bincount(edges.pair, share, len(t)), edges.word)
        if iteration >= ibm1:
            q = _normalised(np.bincount(edges.place, share, len(q)), edges.context)
    joint, total = _expect(edges, t, q)
    history.append(float(np.log(total).sum()))
    lexicon = Lexicon(edges.source_ids, edges.target_ids, edges.keys, t)
    return Aligned(_best_links(edges, joint, len(source)), tuple(history), lexicon)


@dataclass(frozen=True, eq=False)
class _Edges:
    """Every way to join a target token to a source word of its sentence: E edges of K tokens.

    token, pair, place: [E], edge -> its token, its (x, y), its (i, j, I, J)
    first, width, sentence, j: [K], token -> its first edge, its I + 1 edges, where it stands
    keys, word: [P], (x, y) -> their number, x     context: [Q], (i, j, I, J) -> its (j, I, J)
    """

    token: np.ndarray
    pair: np.ndarray
    place: np.ndarray
    first: np.ndarray
    width: np.ndarray
    sentence: np.ndarray
    j: np.ndarray
    keys: np.ndarray
    word: np.ndarray
    context: np.ndarray
    source_ids: Ids
    target_ids: Ids


def _edges(source: Words, target: Words) -> _Edges:
    if len(source) != len(target):
        raise ShapeError(f"There are {len(source)} sources but {len(target)} targets; align pairs.")
    if not any(target):
        raise CorpusError(f"There is no word in {len(target)} targets; there is nothing to align.")
    # The null word stands last: where it ties with a real word, the real one gets the link.
    x, source_ids = _numbered(chain.from_iterable([*words, NULL] for words in source))
    y, target_ids = _numbered(chain.from_iterable(target))
    widths, J = (np.array([len(words) for words in side]) for side in (source, target))
    widths += 1  # [n], I + 1
    sentence = np.repeat(np.arange(len(J)), J)  # [K]
    j = np.arange(len(y)) - _starts(J)[sentence]  # [K]
    width = widths[sentence]  # [K]
    first = _starts(width)  # [K]
    token = np.repeat(np.arange(len(y)), width)  # [E]
    i = np.arange(len(token)) - first[token]  # [E]
    word = x[_starts(widths)[sentence][token] + i]  # [E]
    keys, pair = np.unique(word * len(target_ids) + y[token], return_inverse=True)
    at = (width * (J.max() + 1) + J[sentence]) * (J.max() + 1) + j  # [K], a number for (j, I, J)
    _, here, context = np.unique(at, return_index=True, return_inverse=True)
    place = _starts(width[here])[context][token] + i  # [E]
    return _Edges(
        token, pair, place, first, width, sentence, j, keys, keys // len(target_ids),
        np.repeat(np.arange(len(here)), width[here]), source_ids, target_ids,
    )  # fmt: skip


def _numbered(words: Iterable[str | None]) -> tuple[np.ndarray, Ids]:
    ids: dict[str | None, int] = {}
    return np.array([ids.setdefault(word, len(ids)) for word in words]), ids


def _starts(lengths: np.ndarray) -> np.ndarray:
    return np.cumsum(lengths) - lengths


def _expect(edges: _Edges, t: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """q t of each edge, [E], and their sum for each token, [K]."""
    joint = t[edges.pair] * q[edges.place]
    return joint, np.add.reduceat(joint, edges.first)


def _normalised(counts: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Counts as shares of their group's sum; 0 in a group whose counts have all vanished."""
    total = np.bincount(group, counts)[group]
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def _best_links(edges: _Edges, joint: np.ndarray, n: int) -> tuple[Links, ...]:
    best = np.maximum.reduceat(joint, edges.first)[edges.token]  # [E]
    likeliest = np.flatnonzero(joint == best)
    _, at = np.unique(edges.token[likeliest], return_index=True)  # the first of equal ones
    i = likeliest[at] - edges.first  # [K]
    linked = i < edges.width - 1
    links: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    each = (array[linked].tolist() for array in (edges.sentence, edges.j, i))
    for sentence, target_place, source_place in zip(*each, strict=True):
        links[sentence].append((target_place, source_place))
    return tuple(map(tuple, links))
