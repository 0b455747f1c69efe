"""Chapter 21: distances between distributions, by hand and in code, and what one dial does."""

import random
from collections.abc import Callable

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong
from kdlab.losses.jensen_shannon import jensen_shannon

Distance = Callable[[Tensor, Tensor, float], Tensor]


def _parts(zs: Tensor, zt: Tensor, weight: float) -> tuple[Tensor, Tensor]:
    """[B, T] each: KL of teacher and of student to the mixture; weight: the teacher's in it."""
    p, q = zs.softmax(-1), zt.softmax(-1)
    log_m = (weight * q + (1 - weight) * p).log()
    return (q * (q.log() - log_m)).sum(-1), (p * (p.log() - log_m)).sum(-1)


def _other_mixture(zs: Tensor, zt: Tensor, beta: float) -> Tensor:
    teachers, students = _parts(zs, zt, 1 - beta)
    return beta * teachers + (1 - beta) * students


def _other_weights(zs: Tensor, zt: Tensor, beta: float) -> Tensor:
    teachers, students = _parts(zs, zt, beta)
    return (1 - beta) * teachers + beta * students


def _exchanged(zs: Tensor, zt: Tensor, beta: float) -> Tensor:
    return jensen_shannon(zt, zs, beta)


def _halves(zs: Tensor, zt: Tensor, beta: float) -> Tensor:
    return jensen_shannon(zs, zt, 0.5)


def _one_term(zs: Tensor, zt: Tensor, beta: float) -> Tensor:
    return beta * _parts(zs, zt, beta)[0]


def _mean(zs: Tensor, zt: Tensor, beta: float) -> Tensor:
    return jensen_shannon(zs, zt, beta).mean()


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    size = (rng.randint(1, 3), rng.randint(2, 4), rng.randint(3, 7))
    zs, zt = 2 * torch.randn(2, *size, generator=generator, dtype=torch.double)
    return zs, zt, rng.choice((0.1, 0.3, 0.7, 0.9))


GJSD = Function(
    "ch21-gjsd",
    reference=jensen_shannon,
    draw=_draw,
    wrong=(
        Wrong(
            "exchanged",
            "teacher and student are exchanged: β is the teacher's weight, in the mixture and in "
            "front of its term.",
            _exchanged,
        ),
        Wrong(
            "mixture-swapped",
            "β is on the student in the mixture; here m = β q + (1 - β) p.",
            _other_mixture,
        ),
        Wrong(
            "weights-swapped",
            "the mixture is right, but the two terms have each other's weight: β stands before "
            "KL(q || m).",
            _other_weights,
        ),
        Wrong(
            "beta-ignored", "that is the value at β = .5, whatever β is; try another β.", _halves
        ),
        Wrong("one-term", "only the teacher's term is there; the student's is missing.", _one_term),
        Wrong(
            "mean", "one number for all; expected one a position, [B, T]: sum over pieces.", _mean
        ),
    ),
)

PREDICT_PEAK = Choice(
    "ch21-one-peak",
    right="b",
    replies={
        "a": "Tempting: most of the mass is there. But forward KL grows without end where the "
        "teacher says something and the student nothing, so it cannot leave a peak alone.",
        "b": "Forward KL pays for what is left out, reverse KL for what is added.",
        "c": "Tempting. Look whose probability stands before the logarithm: forward KL counts "
        "where the teacher has mass.",
    },
)

FOUR = Keyed(
    "ch21-four",
    key={"forward": 0.404549, "reverse": 0.371509, "JSD": 0.092828, "TV": 0.397611},
    hint="Forward KL is weighted by q, reverse by p; JSD measures both against their mean.",
    tolerance=0.001,
    wrong=(
        Wrong(
            "exchanged",
            "forward and reverse are exchanged: forward KL is weighted by the teacher, q.",
            {"forward": 0.371509, "reverse": 0.404549, "JSD": 0.092828, "TV": 0.397611},
        ),
        Wrong(
            "no-half",
            "total variation is half of the summed differences, so that it is at most 1.",
            {"forward": 0.404549, "reverse": 0.371509, "JSD": 0.092828, "TV": 0.795222},
        ),
        Wrong(
            "jsd-not-halved",
            "JSD at β = .5 is half of each of the two terms; that is their sum.",
            {"forward": 0.404549, "reverse": 0.371509, "JSD": 0.185656, "TV": 0.397611},
        ),
    ),
)

FIT = Text(
    "ch21-fit",
    must=(
        ("three values of β", r"(\d.*){3}"),
        ("the valley, or how far the peaks are apart", r"valley|between|apart|dist"),
        ("how high the second peak is", r"high|low|mass|equal|small"),
    ),
    rubric="Full: three teachers with their β, and the reason: mass in the valley against mass of "
    "the peak that is left. Half: the three values. None: 'reverse KL is better'.",
)

AUDIT = Text(
    "ch21-audit",
    must=(
        ("which paper", r"\w{4,}"),
        (
            "a baseline with the same training, or how text was decoded",
            r"baseline|decod|beam|greedy",
        ),
        ("seeds or an interval", r"seed|interval|run"),
    ),
    rubric="Full: the twelve points gone through, and three questions that could turn the result "
    "round. Half: a list without questions. None: praise.",
)

EXERCISES = (PREDICT_PEAK, FOUR, GJSD, FIT, AUDIT)
