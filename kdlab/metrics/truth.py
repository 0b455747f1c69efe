"""The truth gap KL(p* || p): how far a model is from the distribution that made its data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from kdlab.batching import Encoded
from kdlab.corpora.text import Pairs
from kdlab.errors import RecipeError
from kdlab.metrics.known_truth import grammar_of
from kdlab.metrics.likelihood import log_probs
from kdlab.ranges import whole
from kdlab.translator import Translator


@dataclass(frozen=True)
class TruthGap:
    """each: [n], a source's KL(p* || p) or an estimate of it, in nats per sentence."""

    each: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over sources, nats per sentence; nan of none."""
        return math.fsum(self.each) / len(self.each) if self.each else math.nan

    @property
    def standard_error(self) -> float:
        """Of the mean, from the spread over sources; nan of fewer than two."""
        n, mean = len(self.each), self.mean
        if n < 2:
            return float("nan")
        return math.sqrt(math.fsum((x - mean) ** 2 for x in self.each) / (n - 1) / n)


def truth_gap(translator: Translator, pairs: Pairs, sentences: int = 200) -> TruthGap:
    r"""KL(p* || p) of `sentences` sources, evenly spaced, summed over all translations.

    $\sum_y p^*(y \mid x)\,[\log p^*(y \mid x) - \log p(y \mid x)]$, each y (up to 1,500 a source)
    scored under teacher forcing, eos counted. 0 for the exact teacher, never below but by rounding.
    Pitfalls: p(y) is that of y's own pieces, one of several ways to cut it, so the figure is a
    little too high; a model that has learned the mode alone has a gap of many nats and good BLEU.
    Raises RecipeError without a grammar.
    """
    whole("sentences", sentences, 1)
    grammar, sources = grammar_of(pairs), pairs.spread(sentences).source
    found = [grammar.translations(x) for x in sources]
    ids = translator.tokenizer.encode_source(sources)
    texts = [translation.text for each in found for translation in each]
    repeated = [ids[k] for k, each in enumerate(found) for _ in each]
    data = Encoded(repeated, translator.tokenizer.encode_target(texts))
    log_p = log_probs(translator.model, data).split([len(each) for each in found])
    both = zip(found, log_p, strict=True)
    return TruthGap(tuple(_kl([y.probability for y in each], p) for each, p in both))


def _kl(truth: Sequence[float], log_p: torch.Tensor) -> float:
    p = torch.tensor(truth, dtype=torch.double)
    return float((p * (p.log() - log_p)).sum())


def sampled_truth_gap(gold: Sequence[Sequence[float]], pairs: Pairs) -> TruthGap:
    """KL(p* || p) from the references of dev or test, which are drawn from p*: no new scoring.

    Mean over the R references of log p* - log p: unbiased, noisier than `truth_gap`, and below 0
    for some sources.     gold: [R][n] log p(reference given x), nats, `Outputs.gold`
    Pitfall: only of targets drawn from p*; of beam output or of modes it would mean nothing.
    Raises RecipeError without a grammar, or for a reference that is no translation.
    """
    grammar = grammar_of(pairs)
    each = [0.0] * len(pairs)
    for lines, log_p in zip(pairs.reference_sets, gold, strict=True):
        for i, (x, y, p) in enumerate(zip(pairs.source, lines, log_p, strict=True)):
            if (truth := grammar.log_prob(y, x)) == -math.inf:
                raise RecipeError(
                    f"the reference {y[:60]!r} of {pairs.name} has p* = 0; the sampled gap needs "
                    "references drawn from p*, without noise."
                )
            each[i] += (truth - p) / len(gold)
    return TruthGap(tuple(each))
