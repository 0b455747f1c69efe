"""Chapter 18: three scales by hand, both passes in code, and where a gate goes."""

import random

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong
from kdlab.losses.by_sentence import hard_token, soft_token
from kdlab.losses.gate import gated


def _before(pieces: Tensor) -> Tensor:
    """Shifted by one, with piece 0 in front."""
    return torch.cat([torch.zeros_like(pieces[:, :1]), pieces[:, :-1]], dim=1)


def _right(s: Tensor, t: Tensor, y: Tensor, said: Tensor, mask: Tensor, gate: Tensor) -> Tensor:
    token = soft_token(s[_before(y)], t[_before(y)], mask)
    return gated(token, hard_token(s[_before(said)], said, mask), gate)


def _one_pass(s: Tensor, t: Tensor, y: Tensor, said: Tensor, mask: Tensor, g: Tensor) -> Tensor:
    logits = s[_before(y)]
    return gated(soft_token(logits, t[_before(y)], mask), hard_token(logits, said, mask), g)


def _said_for_both(s: Tensor, t: Tensor, y: Tensor, said: Tensor, m: Tensor, g: Tensor) -> Tensor:
    return _right(s, t, said, said, m, g)


def _gold_sentence(s: Tensor, t: Tensor, y: Tensor, said: Tensor, m: Tensor, g: Tensor) -> Tensor:
    return _right(s, t, y, y, m, g)


def _turned(s: Tensor, t: Tensor, y: Tensor, said: Tensor, mask: Tensor, gate: Tensor) -> Tensor:
    return _right(s, t, y, said, mask, 1 - gate)


def _cross_entropy(s: Tensor, t: Tensor, y: Tensor, said: Tensor, m: Tensor, g: Tensor) -> Tensor:
    token = soft_token(s[_before(y)], t[_before(y)], m, "ce")
    return gated(token, hard_token(s[_before(said)], said, m), g)


def _reversed(s: Tensor, t: Tensor, y: Tensor, said: Tensor, mask: Tensor, gate: Tensor) -> Tensor:
    token = soft_token(t[_before(y)], s[_before(y)], mask)
    return gated(token, hard_token(s[_before(said)], said, mask), gate)


def _not_shifted(s: Tensor, t: Tensor, y: Tensor, said: Tensor, m: Tensor, g: Tensor) -> Tensor:
    return gated(soft_token(s[y], t[y], m), hard_token(s[said], said, m), g)


def _pads(s: Tensor, t: Tensor, y: Tensor, said: Tensor, mask: Tensor, gate: Tensor) -> Tensor:
    return _right(s, t, y, said, torch.ones_like(mask), gate)


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    B, T, V = rng.randint(2, 3), rng.randint(3, 5), rng.randint(4, 6)
    student, teacher = 2 * torch.randn(2, V, V, generator=generator, dtype=torch.double)
    y, said = torch.randint(1, V, (2, B, T), generator=generator)
    lengths = torch.randint(2, T + 1, (B,), generator=generator)
    gate = torch.rand(B, generator=generator, dtype=torch.double)
    return student, teacher, y, said, torch.arange(T) < lengths[:, None], gate


HYBRID = Function(
    "ch18-hybrid",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong(
            "one-pass",
            "ŷ is scored behind y; run the student once more, behind ŷ itself.",
            _one_pass,
        ),
        Wrong(
            "said-for-both",
            "the words are asked behind ŷ; they belong behind the reference y.",
            _said_for_both,
        ),
        Wrong("gold-sentence", "the sentence that is learned is y; expected ŷ.", _gold_sentence),
        Wrong("gate-turned", "the gate weighs the sentence; at 1 it takes words alone.", _turned),
        Wrong(
            "cross-entropy",
            "the words cost a cross-entropy; expected KL, which is 0 where student and teacher "
            "agree.",
            _cross_entropy,
        ),
        Wrong("reversed", "the KL is the other way round; q stands in front.", _reversed),
        Wrong(
            "not-shifted",
            "each piece is read before it is said; the beginning is shifted by one.",
            _not_shifted,
        ),
        Wrong("pads-in-the-mean", "pads are in the mean; only real positions count.", _pads),
    ),
)

PREDICT = Choice(
    "ch18-free",
    right="b",
    replies={
        "a": "Tempting: it was built for that. But no part of the loss says what teaches.",
        "b": "The slope along g is the difference of the two losses, so it goes to the smaller.",
        "c": "Tempting, if the losses balance. They are of different kinds, and nothing holds them "
        "level.",
    },
)

SCALES = Keyed(
    "ch18-scales",
    key={"KL": 0.0378, "cross-entropy": 0.9643, "NLL": 0.7340},
    hint="KL is the sum of q log(q/p); the cross-entropy has the teacher's entropy on top.",
    tolerance=0.0003,
    wrong=(
        Wrong(
            "first-word-of-the-teacher",
            "ŷ is the likeliest sentence, and begins with We.",
            {"KL": 0.0378, "cross-entropy": 0.9643, "NLL": 0.8675},
        ),
        Wrong(
            "turned",
            "the KL is the other way round: q stands in front.",
            {"KL": 0.0384, "cross-entropy": 0.9643, "NLL": 0.7340},
        ),
        Wrong(
            "entropy",
            "that is the teacher's entropy; the cross-entropy has log p in it.",
            {"KL": 0.0378, "cross-entropy": 0.9265, "NLL": 0.7340},
        ),
    ),
)

SUITS = Keyed(
    "ch18-suits",
    key={"1": "sentence", "2": "token", "3": "sentence", "4": "token", "5": "sentence"},
    hint="Token-level for simple scenarios, sentence-level for complex ones.",
    wrong=(
        Wrong(
            "turned",
            "the abstract claims the reverse: words suit simple scenarios, sentences complex ones.",
            {"1": "token", "2": "sentence", "3": "token", "4": "sentence", "5": "token"},
        ),
        Wrong(
            "noise",
            "wrong pairs make a text more complex to learn from, not simpler.",
            {"1": "sentence", "2": "token", "3": "token", "4": "token", "5": "sentence"},
        ),
    ),
)

GATE = Text(
    "ch18-gate",
    must=(
        ("the fixed gate", r"fixed|half|g ?="),
        ("the random gate", r"random|drawn|coin"),
        ("the search", r"greedy|beam"),
        ("how sure it is", r"seed|interval|chance|sure"),
    ),
    rubric="Full: both controls, both runs, with search and intervals. Half: the means. None: "
    "'it lies above g = 1'.",
)

EXERCISES = (PREDICT, SCALES, HYBRID, SUITS, GATE)
