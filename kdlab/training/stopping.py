"""When to stop, and which weights to keep: the early-stopping rule, and nothing else."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


def worth(scores: Mapping[str, float]) -> float:
    """Dev BLEU; where it is 0, minus the perplexity, which orders, too.

    Where chrF stands beside BLEU, chrF: there, words are not written apart, and lines may be too
    short for BLEU, which is 0 until the first n-gram of each size is there. chrF grows from single
    characters on.

    >>> worth({"bleu": 2.5, "ppl": 3.0}), worth({"bleu": 0.0, "ppl": 3.0})
    (2.5, -3.0)
    >>> worth({"bleu": 0.0, "ppl": 3.0, "chrf": 12.5})
    12.5
    """
    if "chrf" in scores:
        return scores["chrf"]
    if scores["bleu"] > 0:
        return scores["bleu"]
    ppl = scores.get("ppl", math.nan)
    return -math.inf if math.isnan(ppl) else -ppl


@dataclass
class Stopping:
    """Note dev scores; stop after `patience` evaluations without a better one (0 = never).

    >>> rule = Stopping(patience=2)
    >>> [rule.is_best(score) for score in (10.0, 12.0, 11.0, 12.0)], rule.should_stop
    ([True, True, False, False], True)
    """

    patience: int = 0
    scores: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The best score so far, -inf before the first."""
        return max(self.scores, default=float("-inf"))

    @property
    def should_stop(self) -> bool:
        """Whether the last `patience` scores all failed to beat the best before them."""
        if not self.patience or len(self.scores) <= self.patience:
            return False
        before, last = self.scores[: -self.patience], self.scores[-self.patience :]
        return max(last) <= max(before)

    def is_best(self, score: float) -> bool:
        """Note a score; True if it is better than all before (an equal one is not)."""
        better = score > self.best
        self.scores.append(score)
        return better
