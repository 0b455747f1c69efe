"""A claim that a suite tests: one inequality between systems, decided by its interval."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kdlab.metrics.samples import Sample
from kdlab.metrics.significance import Contrast, contrast

NOT_TESTABLE = "not testable"
Samples = Mapping[str, Mapping[str, Sequence[Sample]]]  # system -> metric -> one a seed


@dataclass(frozen=True)
class Claim:
    """`metric` of a is above `factor` times that of b, plus `margin`; or below it.

    name: what the literature's list calls it, such as "E1.1"     text: one line to read
    needs: (whole, base), a gain without which there is nothing to ask: see `verdict`
    """

    name: str
    text: str
    metric: str
    a: str
    b: str
    factor: float = 1.0
    margin: float = 0.0
    below: bool = False
    needs: tuple[str, str] | None = None

    @property
    def systems(self) -> tuple[str, ...]:
        """Whose runs it is about."""
        return tuple(dict.fromkeys((self.a, self.b, *(self.needs or ()))))

    def verdict(self, of_all: Samples) -> dict[str, object]:
        """One row of a result file's `verdicts`: {name, claim, metric, holds, of, figure, p, …}.

        It holds if the whole 95 % interval of a - factor * b lies beyond the margin; "no" if the
        whole interval lies on the other side; else "not separated". Where the gain that it `needs`
        is not surely above 0 it is "not testable": of a gain that is not there, nothing is known.
        of: what `figure`, with low and high, is: "a / b" where the claim has a factor and b is
        surely above 0, else "a - b" or "a - FACTOR b"     p: that the difference is the margin
        given: the systems of a single run, for whose other runs the verdict does not speak
        """
        pair = {"a": of_all[self.a][self.metric], "b": of_all[self.b][self.metric]}
        found = contrast(pair, {"a": 1.0, "b": -self.factor}, margin=self.margin)
        of, shown = "a - b" if self.factor == 1 else f"a - {self.factor:g} b", found
        if self.factor != 1:
            ratio = contrast(pair, {"a": 1.0}, {"b": 1.0})
            of, shown = (of, found) if math.isnan(ratio.figure) else ("a / b", ratio)
        return _row(self, of, found, shown, pair, _testable(self, of_all))


@dataclass(frozen=True)
class Share:
    """A weighted sum of systems' `metric`, or its share of another one, is above `margin`.

    top, bottom: (system, weight) each; no bottom: the sum itself     of: the formula, to read
    "SYSTEM@METRIC" is that system's figure by another measure
    below: it is below the margin instead     needs: as of a `Claim`
    """

    name: str
    text: str
    metric: str
    of: str
    top: tuple[tuple[str, float], ...]
    bottom: tuple[tuple[str, float], ...] = ()
    margin: float = 0.0
    below: bool = False
    needs: tuple[str, str] | None = None

    @property
    def systems(self) -> tuple[str, ...]:
        """Whose runs it is about."""
        terms = [term for term, _ in self.top + self.bottom]
        return tuple(dict.fromkeys((*(term.partition("@")[0] for term in terms),
                                    *(self.needs or ()))))  # fmt: skip

    def verdict(self, of_all: Samples) -> dict[str, object]:
        """See `Claim.verdict`.

        Of what is not surely a gain, by its own interval, nobody has a share: "not testable".
        """
        samples = {}
        for term, _ in self.top + self.bottom:
            system, _, metric = term.partition("@")
            samples[term] = of_all[system][metric or self.metric]
        found = contrast(samples, dict(self.top), dict(self.bottom), margin=self.margin)
        testable = _testable(self, of_all) and not (self.bottom and math.isnan(found.figure))
        return _row(self, self.of, found, found, samples, testable)


def gain_share(
    name: str, text: str, systems: tuple[str, str, str], margin: float = 0.0,
    metric: str = "bleu_greedy", below: bool = False,
) -> Share:  # fmt: skip
    """What share of the gain of a whole over a base a part has as well.

    systems: part, whole, base
    """
    part, whole, base = systems
    return Share(
        name, text, metric, f"({part} - {base}) / ({whole} - {base})",
        ((part, 1.0), (base, -1.0)), ((whole, 1.0), (base, -1.0)), margin, below,
    )  # fmt: skip


def _row(
    claim: Claim | Share, of: str, found: Contrast, shown: Contrast,
    systems: Mapping[str, Sequence[Sample]], testable: bool,
) -> dict[str, object]:  # fmt: skip
    """A row of `verdicts`. found: what decides     shown: what is printed, `of` in words"""
    holds = _holds(found.low - claim.margin, found.high - claim.margin, claim.below)
    return {
        "name": claim.name, "claim": claim.text, "metric": claim.metric,
        "holds": holds if testable else NOT_TESTABLE,
        "of": of, **{k: _number(getattr(shown, k)) for k in ("figure", "low", "high")},
        "margin": claim.margin, "p": found.p, "seeds": min(map(len, systems.values())),
        "given": found.given,
    }  # fmt: skip


def _testable(claim: Claim | Share, of_all: Samples) -> bool:
    """Whether the gain that it needs is surely there."""
    if claim.needs is None:
        return True
    whole, base = (of_all[system][claim.metric] for system in claim.needs)
    return contrast({"whole": whole, "base": base}, {"whole": 1.0, "base": -1.0}).low > 0


def _holds(low: float, high: float, below: bool) -> str:
    """Whether an interval lies above 0, or below it where that is claimed; nan lies nowhere."""
    if below:
        low, high = -high, -low
    return "yes" if low > 0 else "no" if high < 0 else "not separated"


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


DECISION_RULE = (
    "A claim is an inequality between two systems. It holds if the 95 % interval, over runs and "
    "sentences, lies wholly on its side, fails if wholly on the other, and is else not separated. "
    "Where the gain is not there that it asks about, it is not testable."
)
