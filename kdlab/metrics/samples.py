"""A measure as sums over sentences, so that sentences can be drawn again and again.

A corpus measure here is a function of sums of per-sentence figures: BLEU of n-gram counts, mode
mass of a sum and a count, perplexity of log-probabilities and pieces.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kdlab.corpora.text import Pairs
from kdlab.metrics.bleu import bleu_counts, bleu_of_counts
from kdlab.metrics.outputs import Outputs

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
    beam = f"beam{said.beam_size}"
    greedy, wide = _counts(said.greedy.lines, pairs), _counts(said.beam.lines, pairs)
    mass = [[0, 0] if p is None else [math.exp(p), 1] for p in said.greedy.log_probs]
    surprise = np.stack([-np.sum(said.gold, 0), np.sum(said.pieces, 0)], 1)
    found = {
        "bleu_greedy": Sample(greedy, _bleu),
        f"bleu_{beam}": Sample(wide, _bleu),
        "beam_gap": Sample(np.concatenate([greedy, wide], 1), _gap),
        "mode_mass": Sample(np.array(mass), _ratio),
        "ppl": Sample(surprise, lambda sums: np.exp(np.minimum(_ratio(sums), 700))),  # finite
    }
    if pairs.grammar is not None:
        both = zip(said.greedy.lines, pairs.source, strict=True)
        valid = [[pairs.grammar.log_prob(line, x) > -math.inf, 1] for line, x in both]
        found["valid_rate_greedy"] = Sample(np.array(valid, float), _ratio)
    return found


def _counts(lines: Sequence[str], pairs: Pairs) -> np.ndarray:
    """[n, R*10], each reference set's BLEU counts side by side."""
    return np.concatenate([bleu_counts(lines, r, pairs.unit) for r in pairs.reference_sets], 1)


def _bleu(sums: np.ndarray) -> np.ndarray:
    """Mean over reference sets. sums: [..., R*10]"""
    return bleu_of_counts(sums.reshape(*sums.shape[:-1], -1, 10)).mean(-1)


def _gap(sums: np.ndarray) -> np.ndarray:
    greedy, wide = np.split(sums, 2, -1)
    return _bleu(wide) - _bleu(greedy)


def _ratio(sums: np.ndarray) -> np.ndarray:
    return sums[..., 0] / sums[..., 1]
