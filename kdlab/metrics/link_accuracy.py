"""How many links of a word aligner are right, where the grammar knows the answer."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from kdlab.corpora.text import Pairs
from kdlab.errors import ShapeError
from kdlab.metrics.alignment import Span, piece_spans
from kdlab.metrics.ibm import Links, Words
from kdlab.metrics.known_truth import grammar_of


def link_accuracy(links: Sequence[Links], source: Words, pairs: Pairs) -> float:
    """Share of content words that are linked to (a part of) their own Thai word, 0 to 1.

    Asked of the words that the grammar can place: no articles, prepositions, auxiliaries, dropped
    pronouns, nor any word of a target that is no translation. One without a link is wrong.
    links: [n], of `align`     source: [n], the words or pieces of `pairs.source` that were aligned
    nan if the grammar can place no word. Raises RecipeError without a grammar, ShapeError if there
    are not as many links and sources as pairs.
    """
    if not len(links) == len(source) == len(pairs):
        raise ShapeError(
            f"There are links of {len(links)} sentences and words of {len(source)}, but "
            f"{len(pairs)} pairs; give those of the same pairs."
        )
    grammar = grammar_of(pairs)
    right = asked = 0
    for line_links, words, (x, y) in zip(links, source, pairs, strict=True):
        found, spans = dict(line_links), word_spans(words)
        for j, (start, end) in grammar.alignment(x, y):
            asked += 1
            if j in found:
                a, b = spans[found[j]]
                right += a < end and start < b
    return right / asked if asked else float("nan")


def word_spans(words: Sequence[str]) -> list[Span]:
    """The characters [start, end) of a line without spaces that each of its words covers.

    >>> word_spans(["เคย", "ลอง"]) == word_spans(["▁เคย", "ลอง"]) == [(0, 3), (3, 6)]
    True
    """
    if words and words[0].startswith("▁"):
        return piece_spans(list(words))
    return list(pairwise(accumulate(map(len, words), initial=0)))
