"""Faithfulness F(d): how far a distilled data set's word translations are from the real ones."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kdlab.metrics.links import Counts
from kdlab.ranges import in_range


@dataclass(frozen=True)
class Faithfulness:
    """KL(real to distilled) of a source word's translations, nats; higher is *less* faithful.

    by_type: mean over the real data's source words     by_token: weighted by their real counts
    types: how many source words
    """

    by_type: float
    by_token: float
    types: int


def faithfulness(real: Counts, distilled: Counts, smoothing: float = 0.1) -> Faithfulness:
    r"""F(d), from aligned word counts of the real and of the distilled data.

    $F(d) = \frac{1}{|V_x|} \sum_x \sum_y p_r(y \mid x) \log [p_r(y \mid x) / p_d(y \mid x)]$,
    x over the source words of the real data. Each p is (count(x, y) + smoothing) / their sum, over
    all target words linked to x in either data; smoothed on both sides, so that F(real) = 0.
    smoothing: 0 to 1, ours. With 0 a translation that distilling lost makes F infinite; F moves
    with it, so compare at one value. 0 = as faithful as the data themselves; nan for no word.
    Pitfalls: needs both data sets of the same sources, cut and aligned in the same way. A source
    word that has no link left in the distilled data is compared with an even choice among its own
    translations, which is faithful to one that had a single translation, F = 0: count such words
    apart.
    Raises RecipeError for a smoothing out of its range.
    Source: Zhou et al. (2020); average and direction as recalled, check the paper.

    >>> real, distilled = {"x": {"a": 75, "b": 25}}, {"x": {"a": 90, "b": 10}}
    >>> round(faithfulness(real, distilled, smoothing=0).by_type, 6)
    0.092332
    >>> faithfulness({"x": {"a": 75}}, {}).by_type  # lost, and F does not see it
    0.0
    """
    in_range("smoothing", smoothing, 0, 1)
    kls = [_kl(said, distilled.get(x, {}), smoothing) for x, said in real.items()]
    tokens = [sum(said.values()) for said in real.values()]
    if not sum(tokens):
        return Faithfulness(math.nan, math.nan, 0)
    by_token = sum(n * kl for n, kl in zip(tokens, kls, strict=True)) / sum(tokens)
    return Faithfulness(sum(kls) / len(kls), by_token, len(kls))


def _kl(real: Mapping[str, float], distilled: Mapping[str, float], smoothing: float) -> float:
    words = real.keys() | distilled.keys()
    n_real = sum(real.values()) + smoothing * len(words)
    n_distilled = sum(distilled.values()) + smoothing * len(words)
    kl = 0.0
    for y in words:
        p, q = real.get(y, 0) + smoothing, distilled.get(y, 0) + smoothing
        if p > 0:
            kl += p / n_real * (math.log(p / n_real) - math.log(q / n_distilled) if q else math.inf)
    return kl
