"""Chapter 18: three scales by hand, two passes in code, and what a gate must beat."""

import random

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong

Loss = Tensor


def _kl(z_s: Tensor, z_t: Tensor) -> Tensor:
    """KL(q || p) at each position [B, T]."""
    log_p, log_q = z_s.log_softmax(-1), z_t.log_softmax(-1)
    return (log_q.exp() * (log_q - log_p)).sum(-1)


def _nll(z: Tensor, said: Tensor) -> Tensor:
    """-log p of what was said, at each position [B, U]."""
    return -z.log_softmax(-1).gather(-1, said[..., None]).squeeze(-1)


def _mean(each: Tensor, mask: Tensor) -> Tensor:
    """Of each sentence's own positions [B]."""
    return (each * mask).sum(-1) / mask.sum(-1)


def _right(zy: Tensor, zs: Tensor, zt: Tensor, ym: Tensor, said: Tensor, sm: Tensor, g: Tensor):
    return (g * _mean(_kl(zy, zt), ym) + (1 - g) * _mean(_nll(zs, said), sm)).mean()


def _one_pass(zy, zs, zt, ym, said, sm, g):
    return (g * _mean(_kl(zy, zt), ym) + (1 - g) * _mean(_nll(zy, said), sm)).mean()


def _other_way(zy, zs, zt, ym, said, sm, g):
    return _right(zy, zs, zt, ym, said, sm, 1 - g)


def _reverse(zy, zs, zt, ym, said, sm, g):
    return (g * _mean(_kl(zt, zy), ym) + (1 - g) * _mean(_nll(zs, said), sm)).mean()


def _cross_entropy(zy, zs, zt, ym, said, sm, g):
    ce = -(zt.softmax(-1) * zy.log_softmax(-1)).sum(-1)
    return (g * _mean(ce, ym) + (1 - g) * _mean(_nll(zs, said), sm)).mean()


def _pads(zy, zs, zt, ym, said, sm, g):
    return (g * _kl(zy, zt).mean(-1) + (1 - g) * _nll(zs, said).mean(-1)).mean()


def _added(zy, zs, zt, ym, said, sm, g):
    return (g * _mean(_kl(zy, zt), ym) + _mean(_nll(zs, said), sm)).mean()


def _mean_gate(zy, zs, zt, ym, said, sm, g):
    return _right(zy, zs, zt, ym, said, sm, g.mean().expand_as(g))


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    b, t, v = rng.randint(2, 3), rng.randint(3, 4), rng.randint(4, 6)
    zy, zs, zt = 2 * torch.randn(3, b, t, v, generator=generator, dtype=torch.double)
    ends = torch.randint(1, t, (2, b), generator=generator)
    masks = torch.arange(t) < ends[..., None]  # [2, B, T]
    said = torch.randint(v, (b, t), generator=generator)
    gate = torch.rand(b, generator=generator, dtype=torch.double)
    return zy, zs, zt, masks[0], said, masks[1], gate


HYBRID = Function(
    "ch18-hybrid",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("one-pass", "ŷ is scored with the logits behind y; it needs those behind ŷ, a second "
              "pass of the decoder.", _one_pass),
        Wrong("gate-on-the-other-term", "the gate weighs sentences; at 1 it means words.",
              _other_way),
        Wrong("reverse-kl", "the KL is the other way round; the teacher's probabilities weigh.",
              _reverse),
        Wrong("cross-entropy", "that is the cross-entropy; the KL has the teacher's entropy less.",
              _cross_entropy),
        Wrong("pads-in-the-mean", "pads are in the mean; only real positions count.", _pads),
        Wrong("not-one-minus-g", "sentences count in full; they weigh 1 − g.", _added),
        Wrong("one-gate-for-all", "one gate for the batch; each sentence has its own.",
              _mean_gate),
    ),
)  # fmt: skip

PREDICT = Choice(
    "ch18-free",
    right="b",
    replies={
        "a": "That is what we hope for. But the gate's slope is the difference of two numbers, and "
        "none of them says what teaches.",
        "b": "Its slope is token less sentence, so it goes where the number is smaller.",
        "c": "It would, if both were equal. They are on different scales.",
    },
)

SCALES = Keyed(
    "ch18-scales",
    key={"KL": 0.0057, "cross-entropy": 0.9322, "NLL": 0.9163},
    hint="Three sums over I, We, He; the NLL has one term.",
    tolerance=0.0002,
    wrong=(
        Wrong("teachers-first-choice", "ŷ begins with We; I is the likeliest first word, not the "
              "first word of the likeliest sentence.",
              {"KL": 0.0057, "cross-entropy": 0.9322, "NLL": 0.6931}),
        Wrong("entropy-for-cross-entropy", "that is the teacher's entropy; the cross-entropy has "
              "the student's logarithms.", {"KL": 0.0057, "cross-entropy": 0.9265, "NLL": 0.9163}),
    ),
)  # fmt: skip

SUITS = Keyed(
    "ch18-suits",
    key={"1": "token", "2": "sentence", "3": "sentence", "4": "token"},
    hint="Simple: token. Complex: sentence. Two and two.",
    wrong=(
        Wrong("turned-round", "that is the reverse of the abstract's claim: token level for "
              "what is simple.", {"1": "sentence", "2": "token", "3": "token", "4": "sentence"}),
    ),
)  # fmt: skip

GATE = Text(
    "ch18-gate",
    must=(
        ("the seeds", r"seed"),
        ("the search", r"greedy|beam"),
        ("the random gate", r"random"),
        ("the fixed gate", r"fixed|half|\.5"),
    ),
    rubric="Full: three seeds of each, one search named, both controls, and an honest verdict. "
    "Half: one control. None: the best seed of the gate against the extremes.",
)

EXERCISES = (PREDICT, SCALES, HYBRID, SUITS, GATE)
