"""Chapter 14: a vote of neighbours by hand and in code, and when a memory is asked."""

import random

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong
from kdlab.losses.knn import knn_target


def _right(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return knn_target(tokens, distances, V, tau)


def _spread(tokens: Tensor, weight: Tensor, V: int) -> Tensor:
    """weight [n, k] added up by piece, [n, V]."""
    return weight.new_zeros(len(tokens), V).scatter_add(-1, tokens, weight)


def _root(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return knn_target(tokens, distances.sqrt(), V, tau)


def _sign(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return _spread(tokens, (distances / tau).softmax(-1), V)


def _times(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return _spread(tokens, (-distances * tau).softmax(-1), V)


def _last_counts(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    weight = (-distances / tau).softmax(-1)
    p = weight.new_zeros(len(tokens), V)
    for j in range(tokens.size(1)):
        p = p.scatter(-1, tokens[:, j : j + 1], weight[:, j : j + 1])
    return p


def _heads(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return _spread(tokens, torch.full_like(distances, 1 / tokens.size(1)), V)


def _not_shares(tokens: Tensor, distances: Tensor, V: int, tau: float) -> Tensor:
    return _spread(tokens, (-distances / tau).exp(), V)


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    n, k, V = rng.randint(2, 3), rng.randint(3, 5), rng.randint(4, 6)
    tokens = torch.randint(V, (n, k), generator=generator)
    tokens[0, -1] = tokens[0, 0]  # two that agree
    distances = 1 + 9 * torch.rand(n, k, generator=generator, dtype=torch.double)
    return tokens, distances.sort(-1).values, V, rng.choice((2.0, 4.0, 8.0))


TARGET = Function(
    "ch14-target",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("root-taken", "the root is taken; the distances are squared and stay so.", _root),
        Wrong("sign-of-distance", "far places count most; the distance needs a minus.", _sign),
        Wrong("times-tau", "the distance is multiplied by τ; divide by it.", _times),
        Wrong(
            "last-counts",
            "of neighbours that agree only the last counts; their weights add up.",
            _last_counts,
        ),
        Wrong("heads-counted", "every neighbour counts alike; near ones weigh more.", _heads),
        Wrong("not-shares", "rows do not sum to 1; divide by the sum of all weights.", _not_shares),
    ),
)

PREDICT = Choice(
    "ch14-first",
    right="b",
    replies={
        "a": "Tempting: that is what a memory is for. Such a place comes second.",
        "b": "Its key is in the memory, and no key is nearer. So the vote has seen the gold word.",
        "c": "Tempting. But keys are compared, and the next word is not in a key.",
    },
)

VOTE = Keyed(
    "ch14-vote",
    key={
        "before": 0.623, "already": 0.367, "once": 0.010,
        "before, k = 2": 0.599, "already, k = 2": 0.401,
    },
    hint="Each weight is exp(-d/5); three of the five places say before.",
    wrong=(
        Wrong(
            "root-taken",
            "the root of each distance is taken; the distances are squared and stay so.",
            {
                "before": 0.592, "already": 0.248, "once": 0.160,
                "before, k = 2": 0.515, "already, k = 2": 0.485,
            },
        ),
        Wrong(
            "heads-counted",
            "that counts heads; near places weigh more.",
            {
                "before": 0.6, "already": 0.2, "once": 0.2,
                "before, k = 2": 0.5, "already, k = 2": 0.5,
            },
        ),
        Wrong(
            "old-temperature",
            "that is with τ = 20, as on the page; here τ is 5.",
            {
                "before": 0.583, "already": 0.296, "once": 0.120,
                "before, k = 2": 0.525, "already, k = 2": 0.475,
            },
        ),
    ),
)  # fmt: skip

_MT = {
    "MT, fill the memory": "once",
    "MT, search the memory": "at each word",
    "MT, mix with the vote": "at each word",
    "MT, train a student": "never",
}
_KD = {
    "KD, fill the memory": "once",
    "KD, search the training positions": "once",
    "KD, mix with the vote": "never",
    "KD, train a student": "once",
}
WHEN = Keyed(
    "ch14-when",
    key=_MT | _KD,
    hint="Who still has a memory when the first sentence is served?",
    wrong=(
        Wrong(
            "kd-searches",
            "kNN-KD searches the training text, and that is over before anybody is served.",
            _MT | _KD | {"KD, search the training positions": "at each word"},
        ),
        Wrong(
            "kd-mixes",
            "that is kNN-MT with another name: the kNN-KD student says its own distribution.",
            _MT
            | _KD
            | {
                "KD, search the training positions": "at each word",
                "KD, mix with the vote": "at each word",
            },
        ),
        Wrong(
            "mt-trains",
            "kNN-MT trains nobody: the trained model itself is mixed with the vote.",
            _MT | _KD | {"MT, train a student": "once"},
        ),
    ),
)

SELF = Text(
    "ch14-self",
    must=(
        ("the entropy", r"entropy"),
        ("gold first", r"gold|top-1|first"),
        ("leave-one-out", r"leave|without|itself|out"),
        ("four numbers", r"(\d.*){4}"),
    ),
    rubric="Full: entropy and gold first of all four votes, and that a tiny τ with the place "
    "itself repeats the reference. Half: the numbers. None: 'the small τ is right most often'.",
)

EXERCISES = (PREDICT, VOTE, TARGET, WHEN, SELF)
