"""How often distilling leaves a target as it was."""

from kdlab.corpora.text import Pairs
from kdlab.errors import CorpusError
from kdlab.thai import normalise


def exact_match(distilled: Pairs, gold: Pairs) -> float:
    """Share of pairs with ŷ = y, 0 to 1; nan of none. Lines are compared as the tokenizer's spell.

    A teacher that has memorised its training data says y again, and distilling then does nothing:
    read it beside the teacher's BLEU on train and on dev. CorpusError if the sources differ.
    """
    rows = gold_rows(distilled, gold)
    same = sum(equal(said, gold.target[i]) for said, i in zip(distilled.target, rows, strict=True))
    return same / len(rows) if rows else float("nan")


def equal(a: str, b: str) -> bool:
    """The same line but for spelling that the tokenizer does not see, such as a second space."""
    return a == b or normalise(a) == normalise(b)


def gold_rows(distilled: Pairs, gold: Pairs) -> list[int]:
    """For each distilled pair, the row of the gold pair that it was made from.

    Distilling leaves out a source for which the teacher said nothing and keeps the order. Raises
    CorpusError if a source is not there in that order: a mixture of data, or another corpus.
    """
    rows: list[int] = []
    at = -1
    for source in distilled.source:
        try:
            at = gold.source.index(source, at + 1)
        except ValueError:
            raise CorpusError(
                f"The source {source[:40]!r} of {distilled.name} is not in {gold.name} after row "
                f"{at}; give the pairs that these were distilled from, in their order."
            ) from None
        rows.append(at)
    return rows
