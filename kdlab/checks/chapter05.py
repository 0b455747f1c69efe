"""Chapter 5: word-level distillation by hand and in code, and whose gradient wobbles."""

import random
from collections.abc import Callable

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong
from kdlab.losses.reduce import masked_mean
from kdlab.losses.word_kd import word_kd

Loss = Callable[[Tensor, Tensor, Tensor, Tensor, float, float], Tensor]


def _seen(function: Loss) -> Callable[..., dict]:
    """The function as `judge` compares it: its value, and the gradients at both logits."""

    def run(student: Tensor, teacher: Tensor, *rest: object) -> dict:
        logits = [student.clone().requires_grad_(), teacher.clone().requires_grad_()]
        loss = function(*logits, *rest)
        if not isinstance(loss, Tensor) or loss.dim() or not loss.requires_grad:
            raise TypeError("expected one number, as a tensor with a gradient (a mean over pieces)")
        slopes = torch.autograd.grad(loss, logits, allow_unused=True)
        there = [None if g is None or not g.any() else g for g in slopes]
        return {"loss": loss, "student's gradient": there[0], "teacher's gradient": there[1]}

    return run


def _parts(zs: Tensor, zt: Tensor, y: Tensor, tau: float, dim: int = -1) -> tuple[Tensor, Tensor]:
    """[B, T] each: -log p(y), and the cross-entropy to a teacher that is not detached."""
    gold = -zs.log_softmax(dim).gather(-1, y[..., None]).squeeze(-1)
    soft = -((zt / tau).softmax(dim) * (zs / tau).log_softmax(dim)).sum(-1)
    return gold, soft


def _reference(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    return word_kd(zs, zt, y, m, alpha=alpha, temperature=tau)


def _swapped(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    gold, soft = _parts(zs, zt.detach(), y, tau)
    return masked_mean(alpha * gold + (1 - alpha) * tau**2 * soft, m)


def _not_convex(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    gold, soft = _parts(zs, zt.detach(), y, tau)
    return masked_mean(gold + alpha * tau**2 * soft, m)


def _no_square(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    gold, soft = _parts(zs, zt.detach(), y, tau)
    return masked_mean((1 - alpha) * gold + alpha * soft, m)


def _over_time(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    gold, soft = _parts(zs, zt.detach(), y, tau, dim=1)
    return masked_mean((1 - alpha) * gold + alpha * tau**2 * soft, m)


def _pads_count(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    gold, soft = _parts(zs, zt.detach(), y, tau)
    return ((1 - alpha) * gold + alpha * tau**2 * soft).mean()


def _attached(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    gold, soft = _parts(zs, zt, y, tau)
    return masked_mean((1 - alpha) * gold + alpha * tau**2 * soft, m)


def _hard(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    gold, _ = _parts(zs, zt.detach(), y, tau)
    first, _ = _parts(zs / tau, zt.detach(), zt.argmax(-1), 1.0)
    return masked_mean((1 - alpha) * gold + alpha * tau**2 * first, m)


def _divergence(zs: Tensor, zt: Tensor, y: Tensor, m: Tensor, alpha: float, tau: float) -> Tensor:
    gold, soft = _parts(zs, zt.detach(), y, tau)
    entropy = _parts(zt.detach(), zt.detach(), y, tau)[1]
    return masked_mean((1 - alpha) * gold + alpha * tau**2 * (soft - entropy), m)


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    size = (rng.randint(2, 3), rng.randint(3, 5), rng.randint(4, 7))
    zs, zt = 2 * torch.randn(2, *size, generator=generator, dtype=torch.double)
    y = torch.randint(size[2], size[:2], generator=generator)
    lengths = torch.randint(1, size[1], (size[0],), generator=generator)
    m = torch.arange(size[1]) < lengths[:, None]
    return zs, zt, y, m, rng.choice((0.2, 0.5, 0.9)), rng.choice((1.0, 2.0, 4.0))


WORD_KD = Function(
    "ch05-word-kd",
    seen=_seen,
    reference=_reference,
    draw=_draw,
    wrong=(
        Wrong(
            "alpha-swapped",
            "α is on the gold term. Here it weighs the teacher's term, and gold has 1 - α.",
            _swapped,
        ),
        Wrong(
            "no-convex-mix",
            "the gold term has the weight 1; the two weights have to add up to 1.",
            _not_convex,
        ),
        Wrong(
            "no-tau2",
            "τ² is missing: the teacher's term fades as τ grows, so α means less and less.",
            _no_square,
        ),
        Wrong(
            "softmax-over-time",
            "softmax over time: dim=1 shares probability out among positions. The pieces of the "
            "vocabulary are the last axis.",
            _over_time,
        ),
        Wrong(
            "pads-in-the-mean",
            "pads are in the mean: only positions where the mask is True count, above and below "
            "the line.",
            _pads_count,
        ),
        Wrong(
            "teacher-not-detached",
            "the value is right, but a gradient reaches the teacher; detach its logits.",
            _attached,
        ),
        Wrong(
            "hard-teacher",
            "only the teacher's first choice is in the sum; its second choices are the point.",
            _hard,
        ),
        Wrong(
            "divergence",
            "the gradient is right, but the value is KL(q || p), not the cross-entropy: H(q) is "
            "missing. Logged losses would not compare.",
            _divergence,
        ),
    ),
)

PREDICT_LOSS = Choice(
    "ch05-logged-loss",
    right="b",
    replies={
        "a": "Tempting: nothing is left to learn. Nothing is left of KL(q || p); the "
        "cross-entropy that is logged still holds the teacher's own entropy.",
        "b": "The teacher's entropy H(q). With α = 1 the gradient is 0 there, the loss is not.",
        "c": "Tempting: the gold word still counts. With α = 1 it does not, and the loss is still "
        "not 0.",
    },
)

PREDICT_GAP = Choice(
    "ch05-gap",
    right="c",
    replies={
        "a": "Tempting: a better student should need less search. But it learns the teacher's "
        "distribution, and with it the teacher's own search gap.",
        "b": "Tempting if you think of Seq-KD, which chapter 6 brings. There the target is one "
        "sentence; here it is a whole distribution.",
        "c": "The student comes nearer to a distribution that has a search gap of its own. Where "
        "the teacher's is the larger one, the student's can even grow.",
    },
)

THREE = Keyed(
    "ch05-three-numbers",
    key={"CE": 1.655674, "H": 1.251125, "KL": 0.404549},
    hint="Two sums of six products, both weighted by q; the third number is their difference.",
    tolerance=0.001,
    wrong=(
        Wrong(
            "exchanged",
            "student and teacher are exchanged: the weights in front of the logarithms are q.",
            {"CE": 1.840898, "H": 1.469388, "KL": 0.371509},
        ),
        Wrong(
            "kl-reversed",
            "that is KL(p || q). What belongs to this loss is CE - H.",
            {"CE": 1.655674, "H": 1.251125, "KL": 0.371509},
        ),
        Wrong(
            "bits",
            "these are bits; this book counts in nats (natural logarithms).",
            {"CE": 2.388632, "H": 1.804991, "KL": 0.583641},
        ),
    ),
)

TARGET = Keyed(
    "ch05-mixed-target",
    key={"I": 0.495, "We": 0.315, "He": 0.19},
    hint="The teacher's bars shrink to nine tenths, then one bar gets a tenth; the sum is 1.",
    tolerance=0.001,
    wrong=(
        Wrong(
            "alpha-swapped",
            "α is on the gold word; here it weighs the teacher.",
            {"I": 0.055, "We": 0.035, "He": 0.91},
        ),
        Wrong(
            "other-gold",
            "gold is He here; We was gold in the worked example.",
            {"I": 0.495, "We": 0.415, "He": 0.09},
        ),
        Wrong(
            "not-mixed",
            "the weights have to add up to 1: the gold word gets 1 - α, not 1.",
            {"I": 0.495, "We": 0.315, "He": 1.09},
        ),
    ),
)

SPREAD = Text(
    "ch05-gradient-spread",
    must=(
        ("R2", r"R2"),
        ("R4", r"R4"),
        ("the spreads of your own run", r"\d"),
        ("the prefix", r"prefix|beginning"),
    ),
    rubric="Full: the four spreads, and the reason: with q only the drawn prefix still varies, and "
    "that matters where the student is far from the teacher. Half: the numbers alone. None: 'soft "
    "targets are better'.",
)

EXERCISES = (PREDICT_LOSS, PREDICT_GAP, THREE, WORD_KD, TARGET, SPREAD)
