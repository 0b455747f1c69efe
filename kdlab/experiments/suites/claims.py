"""A claim that a suite tests: one inequality between systems, decided by its interval."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kdlab.metrics.samples import Sample
from kdlab.metrics.significance import Contrast, contrast

Samples = Mapping[str, Mapping[str, Sequence[Sample]]]  # system -> metric -> one a seed


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

    @property
    def systems(self) -> tuple[str, ...]:
        """Whose runs it is about."""
        return self.a, self.b

    def verdict(self, of: Samples) -> dict[str, object]:
        """One row of a result file's `verdicts`: {name, claim, metric, holds, of, figure, p, …}.

        It holds if the whole 95 % interval of a - factor * b lies beyond the margin; "no" if the
        whole interval lies on the other side; else "not separated".
        of: what `figure`, with low and high, is: "a / b" where the claim has a factor and b is
        surely above 0, else "a - b" or "a - FACTOR b"     p: that the difference is the margin
        given: the systems of a single run, for whose other runs the verdict does not speak
        """
        pair = {"a": of[self.a][self.metric], "b": of[self.b][self.metric]}
        found = contrast(pair, {"a": 1.0, "b": -self.factor}, margin=self.margin)
        of, shown = "a - b" if self.factor == 1 else f"a - {self.factor:g} b", found
        if self.factor != 1:
            ratio = contrast(pair, {"a": 1.0}, {"b": 1.0})
            of, shown = (of, found) if math.isnan(ratio.figure) else ("a / b", ratio)
        return _row(self, of, found, shown, pair)


@dataclass(frozen=True)
class Share:
    """A weighted sum of systems' `metric`, or its share of another one, is above `margin`.

    top, bottom: (system, weight) each; no bottom: the sum itself     of: the formula, to read
    below: it is below the margin instead
    """

    name: str
    text: str
    metric: str
    of: str
    top: tuple[tuple[str, float], ...]
    bottom: tuple[tuple[str, float], ...] = ()
    margin: float = 0.0
    below: bool = False

    @property
    def systems(self) -> tuple[str, ...]:
        """Whose runs it is about."""
        return tuple(dict.fromkeys(system for system, _ in self.top + self.bottom))

    def verdict(self, of: Samples) -> dict[str, object]:
        """See `Claim.verdict`.

        Of what is not surely a gain, by its own interval, nobody has a share: "not separated".
        """
        samples = {system: of[system][self.metric] for system in self.systems}
        found = contrast(samples, dict(self.top), dict(self.bottom), margin=self.margin)
        return _row(self, self.of, found, found, samples)


def gain_share(
    name: str, text: str, systems: tuple[str, str, str], margin: float = 0.0,
    metric: str = "bleu_greedy",
) -> Share:  # fmt: skip
    """What share of the gain of a whole over a base a part has as well.

    systems: part, whole, base
    """
    part, whole, base = systems
    return Share(
        name, text, metric, f"({part} - {base}) / ({whole} - {base})",
        ((part, 1.0), (base, -1.0)), ((whole, 1.0), (base, -1.0)), margin,
    )  # fmt: skip


def _row(
    claim: Claim | Share, of: str, found: Contrast, shown: Contrast,
    systems: Mapping[str, Sequence[Sample]],
) -> dict[str, object]:  # fmt: skip
    """A row of `verdicts`. found: what decides     shown: what is printed, `of` in words"""
    return {
        "name": claim.name, "claim": claim.text, "metric": claim.metric,
        "holds": _holds(found.low - claim.margin, found.high - claim.margin, claim.below),
        "of": of, **{k: _number(getattr(shown, k)) for k in ("figure", "low", "high")},
        "margin": claim.margin, "p": found.p, "seeds": min(map(len, systems.values())),
        "given": found.given,
    }  # fmt: skip


def _holds(low: float, high: float, below: bool) -> str:
    """Whether an interval lies above 0, or below it where that is claimed; nan lies nowhere."""
    if below:
        low, high = -high, -low
    return "yes" if low > 0 else "no" if high < 0 else "not separated"


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


DECISION_RULE = (
    "A claim is an inequality between two systems. It holds if the 95 % interval, over runs and "
    "sentences, lies wholly on its side, fails if wholly on the other, and is else not separated."
)
