"""Chapter 20: one cell by hand, a difference drawn again in code, and a choice to defend."""

import random
from collections.abc import Sequence

import numpy as np

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong

Scores = Sequence[float]
Draws = Sequence[Sequence[int]]
Found = tuple[float, ...]
ENDS = (0.025, 0.975)


def _rounded(*values: float) -> Found:
    return tuple(round(float(value), 6) for value in values)


def _means(scores: Scores, draws: Draws) -> np.ndarray:
    return np.array([np.mean([scores[i] for i in rows]) for rows in draws])


def _right(a: Scores, b: Scores, draws: Draws) -> Found:
    apart = [x - y for x, y in zip(a, b, strict=True)]
    return _rounded(np.mean(apart), *np.quantile(_means(apart, draws), ENDS))


def _each_its_own(a: Scores, b: Scores, draws: Draws) -> Found:
    drawn = _means(a, draws) - _means(b, [*draws[1:], draws[0]])
    return _rounded(np.mean(a) - np.mean(b), *np.quantile(drawn, ENDS))


def _of_quantiles(a: Scores, b: Scores, draws: Draws) -> Found:
    ends = (np.quantile(_means(each, draws), ENDS) for each in (a, b))
    low, high = np.subtract(*ends)
    return _rounded(np.mean(a) - np.mean(b), low, high)


def _turned(a: Scores, b: Scores, draws: Draws) -> Found:
    return _right(b, a, draws)


def _of_sentences(a: Scores, b: Scores, draws: Draws) -> Found:
    apart = [x - y for x, y in zip(a, b, strict=True)]
    return _rounded(np.mean(apart), *np.quantile(apart, ENDS))


def _one_sided(a: Scores, b: Scores, draws: Draws) -> Found:
    apart = [x - y for x, y in zip(a, b, strict=True)]
    return _rounded(np.mean(apart), *np.quantile(_means(apart, draws), (0.05, 0.95)))


def _mean_of_draws(a: Scores, b: Scores, draws: Draws) -> Found:
    seen, low, high = _right(a, b, draws)
    drawn = _means([x - y for x, y in zip(a, b, strict=True)], draws)
    return _rounded(drawn.mean(), low, high)


def _draw(rng: random.Random) -> Case:
    n = rng.randint(6, 9)
    hard = [rng.gauss(50, 8) for _ in range(n)]
    a, b = ([round(x + rng.gauss(m, 3), 2) for x in hard] for m in (2, 0))
    draws = [[rng.randrange(n) for _ in range(n)] for _ in range(rng.randint(8, 12))]
    return a, b, draws


DIFFERENCE = Function(
    "ch20-difference",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("each-its-own", "each system has sentences of its own; in a draw both take the same.",
              _each_its_own),
        Wrong("difference-of-quantiles", "those are quantiles of each system, subtracted; take the "
              "difference in every draw first.", _of_quantiles),
        Wrong("turned-round", "b less a; asked is a less b.", _turned),
        Wrong("spread-of-sentences", "that is how single sentences spread; asked is the spread of "
              "their mean, over the draws.", _of_sentences),
        Wrong("ninety-per-cent", "the .05 and .95 quantiles leave out a tenth; asked are .025 and "
              ".975.", _one_sided),
        Wrong("mean-of-the-draws", "the difference that was seen is over all sentences, not the "
              "mean of the draws.", _mean_of_draws),
    ),
)  # fmt: skip

PREDICT = Choice(
    "ch20-how-many",
    right="c",
    replies={
        "a": "Each was published with a gain, over its own baseline. Here all meet the same one.",
        "b": "The cell below the table counts. If it says one or two, you were right.",
        "c": "Three seeds separate about a point, and most gains over Seq-KD in print are smaller. "
        "The cell below the table counts.",
    },
)

CELL = Keyed(
    "ch20-cell",
    key={"mean": 57.43, "low": 56.16, "high": 58.71},
    hint="Half width: 4.303 times the standard deviation over the root of three.",
    tolerance=0.02,
    wrong=(
        Wrong("standard-deviation", "mean ± s says how runs spread; asked is how far their mean "
              "would move.", {"mean": 57.43, "low": 56.92, "high": 57.95}),
        Wrong("normal", "1.96 is for many seeds; with three it is 4.303.",
              {"mean": 57.43, "low": 56.85, "high": 58.01}),
        Wrong("not-divided", "the root of three is missing.",
              {"mean": 57.43, "low": 55.23, "high": 59.64}),
    ),
)  # fmt: skip

PAYS = Keyed(
    "ch20-pays",
    key={"1": "once", "2": "each update", "3": "each sentence", "4": "once", "5": "once"},
    hint="Three are paid once.",
    wrong=(
        Wrong("ensemble-at-run-time", "the ensemble writes ŷ once; its student never meets it.",
              {"1": "once", "2": "each update", "3": "each sentence", "4": "once",
               "5": "each sentence"}),
        Wrong("memory-at-each-update", "kNN-KD looks every position up once, before it trains.",
              {"1": "once", "2": "each update", "3": "each sentence", "4": "each update",
               "5": "once"}),
    ),
)  # fmt: skip

MEMO = Text(
    "ch20-memo",
    must=(
        ("a method", r"Seq-KD|Word-KD|base\+kd|distil"),
        ("an alternative", r"not |instead|rather|alternative"),
        ("a measurement", r"measure|test|BLEU|read"),
        ("a risk", r"risk|hurt|wrong|dose|negat|pronoun"),
    ),
    rubric="Full: a method with its reason, an alternative with why not, a measurement by people "
    "and by machine on the tablet, and one risk. Half: one of them missing. None: the top row.",
)

EXERCISES = (PREDICT, CELL, DIFFERENCE, PAYS, MEMO)
