"""A measure as sums over sentences, so that sentences can be drawn again and again.

A corpus measure here is a function of sums of per-sentence figures: BLEU of n-gram counts, mode
mass of a sum and a count, perplexity of log-probabilities and pieces.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kdlab.corpora.text import Pairs
from kdlab.metrics.bleu import bleu_of_counts, chrf_of_counts
from kdlab.metrics.outputs import Outputs
from kdlab.metrics.tallies import Arrays, of_run, of_test, unpacked

Finish = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Sample:
    """One measure of one system on one test.

    parts: [n, k] what each sentence adds     finish: sums [..., k] -> the measure [...]
    """

    parts: np.ndarray
    finish: Finish

    @property
    def value(self) -> float:
        """The measure of the whole test."""
        return float(self.finish(self.parts.sum(0)))

    @cached_property
    def influence(self) -> np.ndarray:
        """[n] how far each sentence moves the measure, times n; they sum to 0.

        Of a mean: the sentence's figure less the mean. Of anything else: n - 1 times what the
        measure loses without it, less the mean of that.     Source: Efron & Stein (1981).
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            without = self.finish(self.parts.sum(0) - self.parts)
        return (len(self.parts) - 1) * (without.mean() - without)


def samples(said: Outputs, pairs: Pairs) -> dict[str, Sample]:
    """Every measure whose sentences can be drawn again, by the names of a result file.

    beam_gap is BLEU with the beam less greedy BLEU.
    """
    return samples_of(of_run(said, pairs), of_test(pairs), said.beam_size)


def samples_of(run: Arrays, test: Arrays, beam_size: int) -> dict[str, Sample]:
    """The same of what was kept: a run's tallies and its test's, see `tallies`."""
    found = {}
    bleu = [_bleu_parts(run, test, search) for search in (0, 1)]
    for search, name in enumerate(("greedy", f"beam{beam_size}")):
        found[f"bleu_{name}"] = Sample(bleu[search], _bleu)
        found[f"chrf_{name}"] = Sample(_chrf_parts(run, test, search), _chrf)
        if "truth" in run:
            found[f"valid_rate_{name}"] = _mean(run["truth"][:, search] > 0)
            found[f"mode_hit_{name}"] = _mean(run["mode"][:, search])
            found[f"p_star_{name}"] = _mean(np.exp(unpacked(run["truth"][:, search])))
    log_p, gold = unpacked(run["log_prob"][:, 0]), unpacked(run["gold"])
    found |= {
        "beam_gap": Sample(np.concatenate(bleu, 1), _gap),
        "mode_mass": _over(np.exp(log_p), np.isfinite(log_p)),
        "length_ratio": _over(run["words"][:, 0], test["words"]),
        "ppl": Sample(_over(-gold, run["pieces"]).parts, _perplexity),
    }
    if "truth" in test:
        found["truth_gap"] = _mean((unpacked(test["truth"]) - gold) / len(test["length"]))
    if "agreed" in run:
        real, same, differs, both = run["agreed"].T
        found["top1_agreement"] = _over(same, real)
        found["top1_agreement_disagree"] = _over(both, differs)
    return found


def _bleu_parts(run: Arrays, test: Arrays, search: int) -> np.ndarray:
    """[n, R*10]: each reference set's `bleu_counts` side by side."""
    said = run["length"][:, search].astype(float)  # [n]
    totals = np.maximum(said[:, None] - np.arange(4), 0)
    sets = zip(run["ngrams"][:, :, search], test["length"], strict=True)
    return np.concatenate([np.column_stack([m, totals, said, wanted]) for m, wanted in sets], 1)


def _chrf_parts(run: Arrays, test: Arrays, search: int) -> np.ndarray:
    """[n, R*18]: for each set the character n-grams (1 to 6) that match, of the line, of it."""
    said, each = _grams(run["characters"][:, search]), []  # [n, 6]
    for match, characters in zip(run["chrf"][:, :, search], test["characters"], strict=True):
        wanted = _grams(characters)
        # As sacreBLEU does: a line has none of an order of which its reference has none.
        each += [match, said * (wanted > 0), wanted]
    return np.concatenate(each, 1).astype(float)


def _grams(characters: np.ndarray) -> np.ndarray:
    """How many character n-grams (1 to 6) lines of these lengths [n] have; [n, 6]."""
    return np.maximum(characters.astype(int)[:, None] - np.arange(6), 0)


def _over(top: np.ndarray, bottom: np.ndarray) -> Sample:
    return Sample(np.stack([top, bottom], 1).astype(float), _ratio)


def _mean(of: np.ndarray) -> Sample:
    return _over(of, np.ones(len(of)))


def _bleu(sums: np.ndarray) -> np.ndarray:
    """Mean over reference sets. sums: [..., R*10]"""
    return bleu_of_counts(sums.reshape(*sums.shape[:-1], -1, 10)).mean(-1)


def _chrf(sums: np.ndarray) -> np.ndarray:
    """Mean over reference sets. sums: [..., R*18]"""
    return chrf_of_counts(sums.reshape(*sums.shape[:-1], -1, 3, 6)).mean(-1)


def _gap(sums: np.ndarray) -> np.ndarray:
    greedy, wide = np.split(sums, 2, -1)
    return _bleu(wide) - _bleu(greedy)


def _perplexity(sums: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(_ratio(sums), 700))  # finite


def _ratio(sums: np.ndarray) -> np.ndarray:
    return sums[..., 0] / sums[..., 1]
