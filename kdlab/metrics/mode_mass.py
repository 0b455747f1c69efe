"""How much of its probability a model puts on the one sentence it would say."""

import math
from collections.abc import Sequence


def mode_mass(log_probs: Sequence[float]) -> float:
    """Mean over sentences of p(t = ŷ given s), ŷ the model's own greedy output; 0 to 1.

    log_probs: one log p(ŷ given s) a sentence, in nats, eos counted (without eos it would not be
    the probability of a sentence). The mean is of probabilities: the exp of the mean log would be
    another, far smaller number. A source for which the model says nothing has no ŷ: it is left out
    of the list by `scores`, so of two systems that are silent on some, the means are over other
    sources.
    Source: Kim & Rush (2016), table 1, column p(t = ŷ).

    >>> mode_mass([math.log(0.5), math.log(0.1)])
    0.3
    """
    return sum(map(math.exp, log_probs)) / len(log_probs) if log_probs else float("nan")
