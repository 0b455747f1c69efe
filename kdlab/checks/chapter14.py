"""Chapter 14: the neighbours' vote by hand and in code, and who searches when."""

import random

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong
from kdlab.losses.knn import knn_target


def _right(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return knn_target(tokens, distances, V, tau)


def _last_wins(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    weights = (-distances / tau).softmax(-1)
    p = weights.new_zeros(len(tokens), V)
    for row, (pieces, each) in enumerate(zip(tokens, weights, strict=True)):
        for piece, weight in zip(pieces, each, strict=True):
            p[row, piece] = weight
    return p


def _root(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return knn_target(tokens, distances.sqrt(), V, tau)


def _sign(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    weights = (distances / tau).softmax(-1)
    return weights.new_zeros(len(tokens), V).scatter_add(-1, tokens, weights)


def _times(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return knn_target(tokens, distances * tau, V, 1.0)


def _equal(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return knn_target(tokens, torch.zeros_like(distances), V, tau)


def _not_shared(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    weights = (-distances / tau).exp()
    return weights.new_zeros(len(tokens), V).scatter_add(-1, tokens, weights)


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    n, k, v = rng.randint(2, 3), rng.randint(3, 5), rng.randint(4, 6)
    tokens = torch.randint(v, (n, k), generator=generator)
    tokens[:, 1] = tokens[:, 0]  # two that agree
    distances = 9 * torch.rand(n, k, generator=generator, dtype=torch.double)
    return tokens, distances, v, rng.choice((2.0, 5.0))


KNN = Function(
    "ch14-knn-target",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("last-wins", "two neighbours with one piece do not add up; the last one wins.",
              _last_wins),
        Wrong("root-taken", "the root of the distance is taken; d is squared already.", _root),
        Wrong("sign-of-distance", "far neighbours weigh most; the sign of the distance is missing.",
              _sign),
        Wrong("tau-multiplies", "the distance is multiplied by τ; divide by it.", _times),
        Wrong("all-alike", "all neighbours weigh the same; near ones count more.", _equal),
        Wrong("no-distribution", "the rows do not sum to 1; divide by the sum of the weights.",
              _not_shared),
    ),
)  # fmt: skip

PREDICT = Choice(
    "ch14-itself",
    right="b",
    replies={
        "a": "That would be its second neighbour. The first one is nearer than any.",
        "b": "It was put into the store. That is why the control leaves it out.",
        "c": "Even a small network's states find the very place again: the distance is 0.",
    },
)

VOTE = Keyed(
    "ch14-vote",
    key={"10": 0.788, "100": 0.678},
    hint="Weights 1, e^(-10/τ), e^(-10/τ); He has the first and the third.",
    tolerance=0.001,
    wrong=(
        Wrong("root-taken", "the root of the distance is taken; d is squared already.",
              {"10": 0.703, "100": 0.67}),
        Wrong("one-neighbour", "He has two neighbours, and their weights add up.",
              {"10": 0.576, "100": 0.356}),
    ),
)  # fmt: skip

WHISPER = Text(
    "ch14-whisper",
    must=(
        ("how many neighbours", r"\bk\b|neighbour"),
        ("the temperature", r"τ|tau|temperature"),
        ("with itself left out", r"left out|without|leave"),
        ("an entropy or a share", r"entropy|share|%"),
    ),
    rubric="Full: both settings, kept and left out, and a choice with its reason. Half: one "
    "setting. None: a high share of gold taken for quality.",
)

WHEN = Keyed(
    "ch14-when",
    key={"1": "once", "2": "each word", "3": "each word", "4": "once", "5": "never"},
    hint="Two at each word, two once, and one never.",
    wrong=(
        Wrong("memory-at-run-time", "kNN-KD's student has no memory when it translates.",
              {"1": "once", "2": "each word", "3": "each word", "4": "once", "5": "each word"}),
        Wrong("kd-searches-at-each-word", "kNN-KD looks each training position up once, before.",
              {"1": "once", "2": "each word", "3": "each word", "4": "each word", "5": "never"}),
    ),
)  # fmt: skip

EXERCISES = (PREDICT, VOTE, KNN, WHISPER, WHEN)
