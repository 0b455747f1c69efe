"""Does distilling repair noise? Answered where it is known which targets were corrupted."""

from collections.abc import Sequence
from dataclasses import dataclass

from kdlab.corpora.text import Pairs
from kdlab.metrics.exact_match import equal, gold_rows
from kdlab.metrics.known_truth import grammar_of
from kdlab.metrics.validity import valid_rate


@dataclass(frozen=True)
class Repair:
    """What became of corrupted and of clean pairs; shares 0 to 1, nan where there is no such pair.

    noisy, clean: how many pairs of each kind have a distilled target
    valid_before: corrupted targets that are translations of their source all the same, by chance
    repaired: corrupted pairs whose ŷ is a translation, p*(ŷ given x) > 0
    copied: corrupted pairs whose ŷ is the corrupted y
    kept: clean pairs with ŷ = y, so that 1 - kept have ŷ != y     clean_valid: with p* > 0
    """

    noisy: int
    clean: int
    valid_before: float
    repaired: float
    copied: float
    kept: float
    clean_valid: float


def repair(distilled: Pairs, gold: Pairs) -> Repair:
    """Compare distilled targets with the training targets that they replace.

    gold: what the teacher was trained on; `gold.noisy` names its corrupted rows, which distilled
    pairs no longer know. A source for which the teacher said nothing counts on neither side.
    Pitfall: ŷ != y is no fault on a clean pair, where several translations are right.
    Raises RecipeError without a grammar, CorpusError if the sources differ.
    """
    grammar_of(gold)
    corrupted = set(gold.noisy)
    noisy: list[tuple[str, str, str]] = []  # x, y, ŷ
    clean: list[tuple[str, str, str]] = []
    for i, said in zip(gold_rows(distilled, gold), distilled.target, strict=True):
        (noisy if i in corrupted else clean).append((gold.source[i], gold.target[i], said))
    return Repair(
        len(noisy), len(clean),
        valid_before=_valid([(x, y) for x, y, _ in noisy], gold),
        repaired=_valid([(x, said) for x, _, said in noisy], gold),
        copied=_same(noisy), kept=_same(clean),
        clean_valid=_valid([(x, said) for x, _, said in clean], gold),
    )  # fmt: skip


def _valid(pairs: Sequence[tuple[str, str]], gold: Pairs) -> float:
    if not pairs:
        return float("nan")
    source, target = zip(*pairs, strict=True)
    return valid_rate(target, source, gold.grammar)


def _same(each: Sequence[tuple[str, str, str]]) -> float:
    return sum(equal(y, said) for _, y, said in each) / len(each) if each else float("nan")
