"""Chapter 17: who reads what, a distance of directions in code, and a control."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import normalize

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong

Layers = Sequence[Tensor]


def _each(mine: Tensor, hers: Tensor) -> Tensor:
    """Squared distance of directions at each position [B, S]."""
    return (normalize(mine, dim=-1) - normalize(hers, dim=-1)).square().sum(-1)


def _right(h: Tensor, layers: Layers, W: Tensor, mask: Tensor) -> Tensor:
    return _each(h @ W, torch.cat(list(layers), -1))[mask].mean()


def _not_normalised(h: Tensor, layers: Layers, W: Tensor, mask: Tensor) -> Tensor:
    return (h @ W - torch.cat(list(layers), -1)).square().sum(-1)[mask].mean()


def _over_features(h: Tensor, layers: Layers, W: Tensor, mask: Tensor) -> Tensor:
    return _right(h, layers, W, mask) / W.shape[1]


def _pads(h: Tensor, layers: Layers, W: Tensor, mask: Tensor) -> Tensor:
    return _each(h @ W, torch.cat(list(layers), -1)).mean()


def _summed(h: Tensor, layers: Layers, W: Tensor, mask: Tensor) -> Tensor:
    return _each(h @ W, torch.cat(list(layers), -1))[mask].sum()


def _each_layer(h: Tensor, layers: Layers, W: Tensor, mask: Tensor) -> Tensor:
    hers = torch.cat([normalize(layer, dim=-1) for layer in layers], -1)
    return _each(h @ W, hers)[mask].mean()


def _added(h: Tensor, layers: Layers, W: Tensor, mask: Tensor) -> Tensor:
    hers = sum(layers).repeat(1, 1, len(layers))
    return _each(h @ W, hers)[mask].mean()


def _turned(h: Tensor, layers: Layers, W: Tensor, mask: Tensor) -> Tensor:
    return _right(h, [*layers][::-1], W, mask)


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    b, s, width, theirs, k = rng.randint(2, 3), rng.randint(3, 4), 3, rng.randint(2, 4), 2

    def some(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.double)

    layers = [scale * some(b, s, theirs) for scale in (1.0, 3.0)]
    mask = torch.arange(s) < torch.randint(1, s, (b, 1), generator=generator)
    return some(b, s, width), layers, some(width, k * theirs), mask


MATCH = Function(
    "ch17-layer-match",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("not-normalised", "the states are compared as they are; divide each by its length.",
              _not_normalised),
        Wrong("mean-over-features", "that is a mean over features; sum them, or the width counts.",
              _over_features),
        Wrong("pads-in-the-mean", "pads are in the mean; only real pieces count.", _pads),
        Wrong("summed", "a sum over positions; asked is their mean.", _summed),
        Wrong("each-layer-apart", "each layer is normalised by itself; do it side by side.",
              _each_layer),
        Wrong("layers-added", "the layers are added up; they stand side by side.", _added),
        Wrong("layers-turned", "the layers stand in the wrong order.", _turned),
    ),
)  # fmt: skip

PREDICT = Choice(
    "ch17-helps",
    right="b",
    replies={
        "a": "They do hold more. But part of it is how this network computes, which a smaller one "
        "cannot copy.",
        "b": "Published results go both ways, and three seeds do not separate them here.",
        "c": "With a small weight it is a gentle pull, since the distance is 4 at most.",
    },
)

READS = Keyed(
    "ch17-reads",
    key={"regular": "4 5 6", "overlap": "3 4 5 6", "skip-middle": "5 6", "cross": "4 6",
         "skip": "6"},
    hint="`kd.objectives.layer_maps` has a function for each.",
    wrong=(
        Wrong("no-overlap", "overlapping shares reach one layer into the neighbour's.",
              {"regular": "4 5 6", "overlap": "4 5 6", "skip-middle": "5 6", "cross": "4 6",
               "skip": "6"}),
    ),
)  # fmt: skip

NEVER = Keyed(
    "ch17-never",
    key={"regular": (0, 0), "overlap": (0, 2), "skip-middle": (2, 0), "cross": (2, 0),
         "skip": (4, 0)},
    hint="Write the two sets down and count.",
    wrong=(
        Wrong("cross-reads-all", "cross leaves layers 2 and 5 out.",
              {"regular": (0, 0), "overlap": (0, 2), "skip-middle": (2, 0), "cross": (0, 0),
               "skip": (4, 0)}),
    ),
)  # fmt: skip

CONTROL = Text(
    "ch17-control",
    must=(
        ("the seeds", r"seed"),
        ("the wrong sentence", r"wrong"),
        ("the probe", r"probe"),
        ("how sure it is", r"separat|chance|interval|apart|sure"),
    ),
    rubric="Full: three seeds of both, BLEU and probe, and what each says. Half: one of the two "
    "measures. None: a comparison with words alone.",
)

EXERCISES = (PREDICT, READS, MATCH, NEVER, CONTROL)
