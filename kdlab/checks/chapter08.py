"""Chapter 8: factors of a speed-up by hand, one threshold in code, and a report of times."""

import random

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong


def _zeroed(tensors: list[Tensor], size: Tensor, n: int) -> list[Tensor]:
    """The tensors with the n weights of least size at zero. size: of all weights in their order"""
    keep = torch.ones_like(size)
    keep[size.argsort()[:n]] = 0
    parts = keep.split([t.numel() for t in tensors])
    return [t * k.view_as(t) for t, k in zip(tensors, parts, strict=True)]


def _flat(tensors: list[Tensor]) -> Tensor:
    return torch.cat([t.flatten() for t in tensors])


def _right(tensors: list[Tensor], share: float) -> list[Tensor]:
    size = _flat(tensors).abs()
    return _zeroed(tensors, size, round(share * len(size)))


def _each_its_own(tensors: list[Tensor], share: float) -> list[Tensor]:
    return [_right([t], share)[0] for t in tensors]


def _signed(tensors: list[Tensor], share: float) -> list[Tensor]:
    size = _flat(tensors)
    return _zeroed(tensors, size, round(share * len(size)))


def _largest(tensors: list[Tensor], share: float) -> list[Tensor]:
    size = -_flat(tensors).abs()
    return _zeroed(tensors, size, round(share * len(size)))


def _kept_share(tensors: list[Tensor], share: float) -> list[Tensor]:
    size = _flat(tensors).abs()
    return _zeroed(tensors, size, len(size) - round(share * len(size)))


def _matrices(tensors: list[Tensor], share: float) -> list[Tensor]:
    pruned = iter(_right([t for t in tensors if t.dim() > 1], share))
    return [next(pruned) if t.dim() > 1 else t for t in tensors]


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    shapes = ((rng.randint(2, 3), rng.randint(2, 4)), (rng.randint(3, 5),), (2, 3))
    scales = (0.3, 1.0, 2.0)
    tensors = [
        scale * torch.randn(shape, generator=generator, dtype=torch.double)
        for shape, scale in zip(shapes, scales, strict=True)
    ]
    return tensors, rng.choice((0.3, 0.4, 0.6, 0.7))


PRUNE = Function(
    "ch08-prune-code",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("each-its-own-threshold", "each tensor loses the same share; one threshold holds for "
              "all of them together.", _each_its_own),
        Wrong("by-value", "negative weights go first; magnitude decides, not value.", _signed),
        Wrong("the-largest", "the largest weights are zero; those of least magnitude go.",
              _largest),
        Wrong("share-is-kept", "share is what becomes zero, not what is kept.", _kept_share),
        Wrong("matrices-alone", "vectors are left out; every weight competes.", _matrices),
    ),
)  # fmt: skip

PREDICT = Choice(
    "ch08-prune",
    right="b",
    replies={
        "a": "A dense product multiplies zeros as patiently as other numbers; and BLEU falls far.",
        "b": "Training again, with the zeros kept, brings back what so few weights can hold.",
        "c": "The first half is right. Zeros save bytes; time only where products skip them.",
    },
)

SPLIT = Keyed(
    "ch08-split",
    key={"whole": 9.78, "search": 3.44, "size": 2.84},
    hint="Search on the larger model: greedy over beam. Size with greedy search for both.",
    tolerance=0.01,
    wrong=(
        Wrong("factors-of-two-models", "search was taken on the student; then the two factors do "
              "not multiply to the whole.", {"whole": 9.78, "search": 4.63, "size": 2.84}),
        Wrong("size-on-the-beam", "size was taken with beam 5, search on the larger model; one way "
              "or the other, not both.", {"whole": 9.78, "search": 3.44, "size": 2.11}),
    ),
)  # fmt: skip

TABLES = Keyed(
    "ch08-tables",
    key={"share": 86.1},
    hint="Source table, target table, output table, and the output's bias.",
    tolerance=0.1,
    wrong=(
        Wrong("one-table", "one table for both sides, and no output table; there are three.",
              {"share": 67.3}),
        Wrong("no-output-table", "the output's table is missing.", {"share": 80.5}),
        Wrong("as-a-fraction", "right, and asked for in per cent.", {"share": 0.861}),
    ),
)  # fmt: skip

TIMING = Text(
    "ch08-timing",
    must=(
        ("a warm-up", r"warm"),
        ("a median, or how rounds lie apart", r"median|spread|range|apart|smallest"),
        ("the batch", r"batch|at a time|together"),
        ("the machine", r"core|CPU|GPU|processor|thread"),
    ),
    rubric="Full: warm-up, median and spread, batch, search, machine and what else ran. Half: one "
    "of them missing. None: one number.",
)

EXERCISES = (PREDICT, SPLIT, PRUNE, TABLES, TIMING)
