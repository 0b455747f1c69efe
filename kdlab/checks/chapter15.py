"""Chapter 15: a schedule by hand, stage I in code, and a table of three teachers."""

import random
from collections.abc import Callable

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong
from kdlab.losses.annealing import annealing

Loss = Callable[[Tensor, Tensor, Tensor, float], Tensor]


def _seen(function: Loss) -> Callable[..., dict]:
    """The function as `judge` compares it: its value, and whether it pulls at the teacher."""

    def run(student: Tensor, teacher: Tensor, *rest: object) -> dict:
        logits = [student.clone().requires_grad_(), teacher.clone().requires_grad_()]
        loss = function(*logits, *rest)
        if not isinstance(loss, Tensor) or loss.dim() or not loss.requires_grad:
            raise TypeError("expected one number, as a tensor with a gradient")
        slopes = torch.autograd.grad(loss, logits, allow_unused=True)
        return {"loss": loss, "reaches the teacher": slopes[1] is not None and slopes[1].any()}

    return run


def _right(zs: Tensor, zt: Tensor, m: Tensor, phi: float) -> Tensor:
    return annealing(zs, zt, m, phi)


def _pads(zs: Tensor, zt: Tensor, m: Tensor, phi: float) -> Tensor:
    return (zs - phi * zt.detach()).square().mean()


def _summed(zs: Tensor, zt: Tensor, m: Tensor, phi: float) -> Tensor:
    return (zs - phi * zt.detach()).square().sum(-1)[m].mean()


def _probabilities(zs: Tensor, zt: Tensor, m: Tensor, phi: float) -> Tensor:
    p, q = zs.softmax(-1), (phi * zt.detach()).softmax(-1)
    return (p - q).square().mean(-1)[m].mean()


def _on_student(zs: Tensor, zt: Tensor, m: Tensor, phi: float) -> Tensor:
    return (phi * zs - zt.detach()).square().mean(-1)[m].mean()


def _divided(zs: Tensor, zt: Tensor, m: Tensor, phi: float) -> Tensor:
    return (zs - zt.detach() / phi).square().mean(-1)[m].mean()


def _attached(zs: Tensor, zt: Tensor, m: Tensor, phi: float) -> Tensor:
    return (zs - phi * zt).square().mean(-1)[m].mean()


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    size = (rng.randint(2, 3), rng.randint(3, 5), rng.randint(4, 7))
    zs, zt = 2 * torch.randn(2, *size, generator=generator, dtype=torch.double)
    lengths = torch.randint(1, size[1], (size[0],), generator=generator)
    return zs, zt, torch.arange(size[1]) < lengths[:, None], rng.choice((0.2, 0.5, 0.8))


ANNEALING = Function(
    "ch15-annealing",
    seen=_seen,
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("pads-in-the-mean", "pads are in the mean; only real positions count.", _pads),
        Wrong("summed", "a sum over the vocabulary; expected a mean over it.", _summed),
        Wrong(
            "probabilities",
            "that compares probabilities; stage I compares the logits, without a softmax.",
            _probabilities,
        ),
        Wrong("phi-on-the-student", "Φ is on the student; it shrinks the teacher.", _on_student),
        Wrong("divided", "the teacher is divided by Φ; Φ is a portion, so multiply.", _divided),
        Wrong("teacher-not-detached", "the value is right, but a gradient reaches the teacher.",
              _attached),
    ),
)  # fmt: skip

PREDICT = Choice(
    "ch15-who",
    right="c",
    replies={
        "a": "Tempting: it is the best translator. But a student sees one sentence of it, and the "
        "three teachers' sentences are much alike.",
        "b": "Tempting, if the gap is real. In a text file a student cannot see how large its "
        "writer was.",
        "c": "Of all that a large teacher knows, only its choice arrives. The table says how far "
        "the three lie apart.",
    },
)

SCHEDULE = Keyed(
    "ch15-schedule",
    key={"0": 0.1, "99": 0.1, "100": 0.2, "550": 0.6, "999": 1.0},
    hint="Ten parts of 100 updates; part n has n tenths.",
    tolerance=0.001,
    wrong=(
        Wrong(
            "from-nought",
            "the first part has .1, so that something of the teacher is there from the start.",
            {"0": 0.0, "99": 0.0, "100": 0.1, "550": 0.5, "999": 0.9},
        ),
        Wrong(
            "smooth",
            "that rises at every update; here Φ stays the same through each part.",
            {"0": 0.0, "99": 0.099, "100": 0.1, "550": 0.55, "999": 0.999},
        ),
        Wrong(
            "falling",
            "that falls: it is the temperature's way, from much to little. Φ rises.",
            {"0": 1.0, "99": 1.0, "100": 0.9, "550": 0.5, "999": 0.1},
        ),
    ),
)

GAP = Text(
    "ch15-gap",
    must=(
        ("the intervals", r"interval|overlap|separat"),
        ("the students", r"student"),
        ("what is not tested", r"not test|untest|does not|Word-KD|smaller"),
    ),
    rubric="Full: what overlaps, that this proves neither way, and what is not tested. Half: the "
    "largest mean with its interval. None: 'larger teachers are better'.",
)

LETTERS = Text(
    "ch15-letters",
    must=(("how many of them", r"all|three|none|two"),),
    rubric="Full: all three, with a number put in. Half: all three. None: Φ = .2 taken for a "
    "temperature of .2.",
)

EXERCISES = (PREDICT, SCHEDULE, ANNEALING, GAP, LETTERS)
