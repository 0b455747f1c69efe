"""Chapter 16: pairs in the wrong order, by hand and in code, and what the second pass reads."""

import random

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong
from kdlab.losses.ranking import hierarchical_ranking


def _right(p: Tensor, q: Tensor, k: int) -> Tensor:
    top1, within = hierarchical_ranking(p, q, k)
    return top1 + within


def _top1_alone(p: Tensor, q: Tensor, k: int) -> Tensor:
    return hierarchical_ranking(p, q, k)[0]


def _set_alone(p: Tensor, q: Tensor, k: int) -> Tensor:
    return hierarchical_ranking(p, q, k)[1]


def _pairs(p: Tensor, q: Tensor, k: int) -> tuple[Tensor, ...]:
    """p and q of the teacher's and of the student's k best, [B, T, k] each."""
    hers, mine = q.topk(k).indices, p.topk(k).indices
    return p.gather(-1, hers), q.gather(-1, hers), p.gather(-1, mine), q.gather(-1, mine)


def _teachers_gaps(p: Tensor, q: Tensor, k: int) -> Tensor:
    p_u, q_u, p_v, q_v = _pairs(p, q, k)
    wrong = (q_u[..., None] > q_v[..., None, :]) & (p_v[..., None, :] > p_u[..., None])
    gap = (q_u[..., None] - q_v[..., None, :]) * wrong
    return hierarchical_ranking(p, q, k)[0] + gap.sum((-2, -1))


def _students_set(p: Tensor, q: Tensor, k: int) -> Tensor:
    p_v = _pairs(p, q, k)[2]
    return (p_v - p_v[..., 1:2]).relu().sum(-1) + hierarchical_ranking(p, q, k)[1]


def _not_ordered(p: Tensor, q: Tensor, k: int) -> Tensor:
    p_u, _, p_v, _ = _pairs(p, q, k)
    gap = (p_v[..., None, :] - p_u[..., None]).relu()
    return hierarchical_ranking(p, q, k)[0] + gap.sum((-2, -1))


def _mean(p: Tensor, q: Tensor, k: int) -> Tensor:
    return _right(p, q, k).mean()


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    size = (rng.randint(2, 3), rng.randint(3, 5), rng.randint(5, 7))
    p, q = (2 * torch.randn(2, *size, generator=generator, dtype=torch.double)).softmax(-1)
    return p, q, rng.randint(2, 4)


RANKING = Function(
    "ch16-ranking",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("set-missing", "only the first sum is there; the pairs are missing.", _top1_alone),
        Wrong("top1-missing", "only the pairs are there; the first place is missing.", _set_alone),
        Wrong(
            "margins-from-the-wrong-model",
            "a pair pays the difference of the teacher's probabilities; it pays the student's, or "
            "the student could not change it.",
            _teachers_gaps,
        ),
        Wrong(
            "all-pairs-pay",
            "pairs in the right order pay, too; only where q has u above v is there an order.",
            _not_ordered,
        ),
        Wrong(
            "students-first",
            "the first sum runs over the student's own best; it compares with the teacher's.",
            _students_set,
        ),
        Wrong("mean", "one number for all; expected one a position, [B, T].", _mean),
    ),
)

PREDICT = Choice(
    "ch16-agreement",
    right="b",
    replies={
        "a": "Tempting. But agreement is counted after human beginnings, and BLEU judges sentences "
        "that the student began itself.",
        "b": "Agreement is what the loss asks for; the table says what became of BLEU.",
        "c": "Tempting: at its floor KL has the order in it. A student that is not there has to be "
        "wrong somewhere, and ranking says where not.",
    },
)

PAIRS = Keyed(
    "ch16-pairs",
    key={"top1": 0.303764, "set": 0.303764},
    hint="There is one pair in the wrong order: what stands above the teacher's first, and by how "
    "much?",
    tolerance=0.001,
    wrong=(
        Wrong(
            "teachers-gap",
            "that is the difference of the teacher's probabilities; the student pays its own.",
            {"top1": 0.352265, "set": 0.352265},
        ),
        Wrong(
            "counted-once",
            "the pair pays in both sums: for the first place and for the order.",
            {"top1": 0.303764, "set": 0.0},
        ),
    ),
)

PASSES = Keyed(
    "ch16-passes",
    key={"1": "I", "2": "have", "3": "it", "4": "before", "5": "."},
    hint="What was guessed at a place is read at the next; nothing is decoded.",
    wrong=(
        Wrong(
            "decoded",
            "that is what decoding would write. Here all guesses are made at once, after gold.",
            {"1": "I", "2": "have", "3": "tried", "4": "it", "5": "before"},
        ),
        Wrong(
            "gold",
            "that is what pass 1 read.",
            {"1": "We", "2": "tried", "3": "it", "4": "once", "5": "."},
        ),
    ),
)

BOTH = Text(
    "ch16-both",
    must=(
        ("agreement", r"agree|TA"),
        ("BLEU", r"BLEU"),
        ("two numbers", r"(\d.*){2}"),
        ("whose beginnings", r"begin|prefix|human|gold|own"),
    ),
    rubric="Full: both differences with intervals, and after whose beginnings each is measured. "
    "Half: the numbers alone. None: 'TIE-KD is better'.",
)

EXERCISES = (PREDICT, PAIRS, RANKING, PASSES, BOTH)
