"""A claim that a suite tests: one inequality between two systems, decided by its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kdlab.metrics.samples import Sample
from kdlab.metrics.significance import paired_bootstrap


@dataclass(frozen=True)
class Claim:
    """`metric` of a is above `factor` times that of b, plus `margin`; or below it.

    name: what the literature's list calls it, such as "E1.1"     text: one line to read
    """

    name: str
    text: str
    metric: str
    a: str
    b: str
    factor: float = 1.0
    margin: float = 0.0
    below: bool = False

    def verdict(self, a: Sequence[Sample], b: Sequence[Sample]) -> dict[str, object]:
        """One row of a result file's `verdicts`: {name, claim, metric, holds, of, figure, …}.

        It holds if the whole 95 % interval of a - factor * b lies beyond the margin; "no" if the
        whole interval lies on the other side; else "not separated".
        of: what `figure`, with low and high, is: "a / b" where the claim has a factor and b is
        surely above 0, else "a - b" or "a - FACTOR b"
        """
        found = paired_bootstrap(a, b, factor=self.factor)
        low, high = found.low - self.margin, found.high - self.margin
        if self.below:
            low, high = -high, -low
        of, figures = "a / b", (found.ratio, found.ratio_low, found.ratio_high)
        if self.factor == 1 or math.isnan(found.ratio):
            of = "a - b" if self.factor == 1 else f"a - {self.factor:g} b"
            figures = (found.difference, found.low, found.high)
        return {
            "name": self.name, "claim": self.text, "metric": self.metric,
            "holds": "yes" if low > 0 else "no" if high < 0 else "not separated",
            "of": of, **dict(zip(("figure", "low", "high"), figures, strict=True)),
            "seeds": min(len(a), len(b)),
        }  # fmt: skip


DECISION_RULE = (
    "A claim is an inequality between two systems. It holds if the 95 % interval of the paired "
    "bootstrap lies wholly on its side, fails if wholly on the other, and is else not separated."
)
