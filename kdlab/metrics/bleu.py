"""BLEU and chrF through sacreBLEU, whose signature is kept beside every score."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import chain

import numpy as np
from sacrebleu.metrics import BLEU, CHRF

from kdlab.corpora.unit import Unit
from kdlab.errors import CorpusError, ShapeError

Lines = Sequence[str]
TOKENIZERS = {Unit.WORD: "13a", Unit.CHARACTER: "char"}  # sacreBLEU's


def bleu(
    hypotheses: Lines, reference_sets: Sequence[Lines], unit: Unit | str | None = None
) -> float:
    """Corpus BLEU, 0 to 100, against one reference at a time, averaged over the sets.

    One reference at a time keeps scores comparable between tests with one set and with four.
    unit: "word" or "character", of which n-grams are made; None = what the references ask for. The
    two are different scales: compare within one
    Raises ShapeError if the number of lines differs.  Source: Papineni et al. (2002); Post (2018).

    >>> bleu(["the cat sat on the mat"], [["the cat sat on the mat"]])
    100.0
    """
    return _mean(_bleu(_unit(unit, *reference_sets)), hypotheses, reference_sets)


def chrf(hypotheses: Lines, reference_sets: Sequence[Lines]) -> float:
    """Corpus chrF (character 6-grams, beta 2), 0 to 100, averaged like `bleu`."""
    return _mean(_chrf(), hypotheses, reference_sets)


def sentence_bleu(hypothesis: str, reference: str, unit: Unit | str | None = None) -> float:
    """Smoothed 4-gram BLEU of one sentence, 0 to 100; exponential smoothing, effective order.

    unit: as for `bleu`
    A line of n < 4 words has n precisions, and the n-th root is taken. Kim & Rush's public code
    takes the fourth root, with 1 for those that are missing, so its scores of short lines differ.
    Source: Chen & Cherry (2014), smoothing 3; what Kim & Rush (2016) choose Seq-Inter targets by.

    >>> round(sentence_bleu("the cat sat on mat", "the cat sat on the mat"), 4)
    57.893
    """
    return _sentence(_unit(unit, [reference])).sentence_score(hypothesis, [reference]).score


def bleu_counts(hypotheses: Lines, references: Lines, unit: Unit | str | None = None) -> np.ndarray:
    """What BLEU adds up: [n, 10], for each line its n-grams that match (1 to 4), its n-grams
    (1 to 4), its length and its reference's, in sacreBLEU's pieces. unit: as for `bleu`
    """
    metric = _bleu(_unit(unit, references))
    each = [metric.corpus_score([h], [[r]]) for h, r in zip(hypotheses, references, strict=True)]
    return np.array([[*s.counts, *s.totals, s.sys_len, s.ref_len] for s in each], float)


def bleu_of_counts(sums: np.ndarray) -> np.ndarray:
    """Corpus BLEU, 0 to 100, of summed `bleu_counts` [..., 10]; [...].

    Smoothed as sacreBLEU does by default: the first order without a match counts as half a match,
    the next as a quarter, and so on; a text without any match has 0.
    """
    match, total = sums[..., :4], sums[..., 4:8]
    said, wanted = sums[..., 8], sums[..., 9]
    none = match == 0
    match = np.where(none, 0.5 ** np.cumsum(none, -1), match)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.log(match / total).mean(-1)
        brevity = np.minimum(0, 1 - wanted / said)
        score = 100 * np.exp(precision + brevity)
    return np.where(none.all(-1) | (total == 0).any(-1), 0, score)


def chrf_counts(hypotheses: Lines, references: Lines) -> np.ndarray:
    """Character n-grams (1 to 6) that a line shares with its reference, [n, 6]; spaces left out."""
    each = zip(hypotheses, references, strict=True)
    return np.array(
        [[(a & b).total() for a, b in zip(_grams(h), _grams(r), strict=True)] for h, r in each]
    )


def chrf_of_counts(sums: np.ndarray) -> np.ndarray:
    """Corpus chrF, 0 to 100, of summed n-grams [..., 3, 6]: shared, the hypotheses', the
    references'; [...]. Precision and recall are means over the orders that both sides have.
    """
    match, said, wanted = (sums[..., i, :] for i in range(3))  # each [..., 6]
    there = (said > 0) & (wanted > 0)
    orders = np.maximum(there.sum(-1), 1)
    precision, recall = (
        np.divide(match, side, where=there, out=np.zeros(match.shape)).sum(-1) / orders
        for side in (said, wanted)
    )
    below = 4 * precision + recall  # beta 2
    return 100 * np.divide(5 * precision * recall, below, where=below > 0, out=np.zeros_like(below))


def signatures(unit: Unit | str = Unit.WORD) -> dict[str, str]:
    """The sacreBLEU signatures of `bleu` and `chrf`, for a result file.

    unit: of the corpus; it stands in BLEU's signature, "tok:13a" for words, "tok:char"
    """
    metrics = {"bleu": _bleu(Unit(unit)), "chrf": _chrf()}
    for metric in metrics.values():  # a signature is complete only once a score was computed
        metric.corpus_score(["a b c d"], [["a b c d"]])
    return {name: str(metric.get_signature()) for name, metric in metrics.items()}


def _unit(given: Unit | str | None, *reference_sets: Lines) -> Unit:
    return Unit.of(chain(*reference_sets)) if given is None else Unit(given)


def _mean(metric: BLEU | CHRF, hypotheses: Lines, reference_sets: Sequence[Lines]) -> float:
    if not hypotheses or not reference_sets:
        raise CorpusError(
            f"There are {len(hypotheses)} hypotheses and {len(reference_sets)} sets of references; "
            "a score is of one line and one set at least."
        )
    for lines in reference_sets:
        if len(lines) != len(hypotheses):
            raise ShapeError(
                f"There are {len(hypotheses)} hypotheses but {len(lines)} references; score the "
                "same lines."
            )
    each = [metric.corpus_score(list(hypotheses), [list(r)]).score for r in reference_sets]
    return round(sum(each) / len(each), 6)


def _grams(line: str) -> list[Counter]:
    """Its character n-grams, 1 to 6."""
    joined = "".join(line.split())
    return [Counter(joined[i : i + n] for i in range(len(joined) - n + 1)) for n in range(1, 7)]


@cache
def _bleu(unit: Unit) -> BLEU:
    # minitalks writes its periods as words; no need to warn
    return BLEU(tokenize=TOKENIZERS[unit], force=True)


@cache
def _chrf() -> CHRF:
    return CHRF()


@cache
def _sentence(unit: Unit) -> BLEU:
    return BLEU(tokenize=TOKENIZERS[unit], smooth_method="exp", effective_order=True, force=True)
