"""BLEU and chrF through sacreBLEU, whose signature is kept beside every score."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from sacrebleu.metrics import BLEU, CHRF

from kdlab.errors import CorpusError, ShapeError

Lines = Sequence[str]


def bleu(hypotheses: Lines, reference_sets: Sequence[Lines]) -> float:
    """Corpus BLEU, 0 to 100, against one reference at a time, averaged over the sets.

    One reference at a time keeps scores comparable between tests with one set and with four.
    Raises ShapeError if the number of lines differs.  Source: Papineni et al. (2002); Post (2018).

    >>> bleu(["the cat sat on the mat"], [["the cat sat on the mat"]])
    100.0
    """
    return _mean(_bleu(), hypotheses, reference_sets)


def chrf(hypotheses: Lines, reference_sets: Sequence[Lines]) -> float:
    """Corpus chrF (character 6-grams, beta 2), 0 to 100, averaged like `bleu`."""
    return _mean(_chrf(), hypotheses, reference_sets)


def sentence_bleu(hypothesis: str, reference: str) -> float:
    """Smoothed 4-gram BLEU of one sentence, 0 to 100; exponential smoothing, effective order.

    A line of n < 4 words has n precisions, and the n-th root is taken. Kim & Rush's public code
    takes the fourth root, with 1 for those that are missing, so its scores of short lines differ.
    Source: Chen & Cherry (2014), smoothing 3; what Kim & Rush (2016) choose Seq-Inter targets by.

    >>> round(sentence_bleu("the cat sat on mat", "the cat sat on the mat"), 4)
    57.893
    """
    return _sentence().sentence_score(hypothesis, [reference]).score


def bleu_counts(hypotheses: Lines, references: Lines) -> np.ndarray:
    """What BLEU adds up: [n, 10], for each line its n-grams that match (1 to 4), its n-grams
    (1 to 4), its length and its reference's, in sacreBLEU's pieces.
    """
    each = [_bleu().corpus_score([h], [[r]]) for h, r in zip(hypotheses, references, strict=True)]
    return np.array([[*s.counts, *s.totals, s.sys_len, s.ref_len] for s in each], float)


def bleu_of_counts(sums: np.ndarray) -> np.ndarray:
    """Corpus BLEU, 0 to 100, of summed `bleu_counts` [..., 10]; [...].

    Where no n-gram matches, sacreBLEU's smoothing is not done here: the score is 0.
    """
    match, total = sums[..., :4], sums[..., 4:8]
    said, wanted = sums[..., 8], sums[..., 9]
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.log(match / total).mean(-1)
        brevity = np.minimum(0, 1 - wanted / said)
    return np.nan_to_num(100 * np.exp(precision + brevity))


def signatures() -> dict[str, str]:
    """The sacreBLEU signatures of `bleu` and `chrf`, for a result file."""
    for metric in (_bleu(), _chrf()):  # a signature is complete only once a score was computed
        metric.corpus_score(["a b c d"], [["a b c d"]])
    return {"bleu": str(_bleu().get_signature()), "chrf": str(_chrf().get_signature())}


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


@cache
def _bleu() -> BLEU:
    return BLEU(force=True)  # minitalks writes its periods as words; no need to warn


@cache
def _chrf() -> CHRF:
    return CHRF()


@cache
def _sentence() -> BLEU:
    return BLEU(smooth_method="exp", effective_order=True, force=True)
