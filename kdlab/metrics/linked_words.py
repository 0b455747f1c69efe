"""Which source word each target word renders, as words: what complexity and faithfulness count."""

from collections.abc import Callable, Sequence

from kdlab.corpora.text import Pairs
from kdlab.metrics.ibm import align
from kdlab.metrics.known_truth import grammar_of
from kdlab.metrics.links import Linked


def linked_words(pairs: Pairs, words: Callable[[str], Sequence[str]]) -> Linked:
    """The linked words of each pair, by IBM-1 (see `align`).

    words: cuts a source line, `tokenizer.source_pieces` or `grammar.words`; a target line is cut at
    spaces, or into characters where those are `pairs.unit`. A word that is written with a capital
    is another word.
    """
    source, target = list(map(words, pairs.source)), list(map(pairs.unit.cut, pairs.target))
    each = zip(source, target, align(source, target).links, strict=True)
    return [[(x[i], y[j]) for j, i in links] for x, y, links in each]


def exact_linked_words(pairs: Pairs) -> Linked:
    """The same by the grammar's own alignment, content words only.

    A target that is no translation of its source has no links, so that noise is not counted at
    all: to see noise, align by `linked_words`. RecipeError without a grammar.
    """
    grammar = grammar_of(pairs)
    found = []
    for source, target in pairs:
        words = target.split()
        found.append([(source[a:b], words[j]) for j, (a, b) in grammar.alignment(source, target)])
    return found
