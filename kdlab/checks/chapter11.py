"""Chapter 11: soft targets cut by hand and in code, and agreement where it can tell something."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong

Shares = tuple[float, float]

PREDICT_UNSEEN = Choice(
    "ch11-never-asked",
    right="c",
    replies={
        "a": "Tempting: it learned the reference's word, and here the two differ. But each "
        "reference is one draw, and the student learns what most draws say.",
        "b": "Tempting: without a teacher, a coin. But both learn of the same sentences, and what "
        "is said most often is the same for both.",
        "c": "Student and teacher learn of the same sentences, so they often share a first choice "
        "that this one reference does not have.",
    },
)

PREDICT_COST = Choice(
    "ch11-which-costs",
    right="b",
    replies={
        "a": "Tempting: the rest holds nearly all of the pieces. In print, taking it away costs "
        "nothing: 26.66 before, 26.76 after.",
        "b": "In print 26.43 is left of 26.66, and 26.37 is what no teacher gives. So nearly the "
        "whole gain goes, of three tenths of a point.",
        "c": "Tempting, if a gain is shared out among its parts. In print, one cut costs nearly "
        "all of the gain, and the other none.",
    },
)

CUTS = Keyed(
    "ch11-cuts",
    key={"top word only": 0.965662, "gold's new share": 0.762284, "moved to gold": 0.291084},
    tolerance=0.0005,
    hint="Nothing is divided by a sum; the third number is a divergence, with its r log r.",
    wrong=(
        Wrong(
            "renormalised",
            "you made what is left sum to 1. The top word alone keeps its q, and the moved mass "
            "goes to gold, so that nothing has to be divided.",
            {"top word only": 1.73283, "gold's new share": 0.463063, "moved to gold": 0.283379},
        ),
        Wrong(
            "cross-entropy",
            "the third is the cross-entropy; add the sum of r log r.",
            {"top word only": 0.965662, "gold's new share": 0.762284, "moved to gold": 1.098399},
        ),
        Wrong(
            "bits",
            "these are bits; this book counts in nats.",
            {"top word only": 1.393156, "gold's new share": 0.762284, "moved to gold": 0.419945},
        ),
    ),
)


def top1_agreement(p: Tensor, q: Tensor, y: Tensor, M: Tensor) -> Shares:
    """(overall, where arg-max q is not y) over real pieces, rounded to six places.

    p, q: [B, T, V]     y: [B, T] int     M: [B, T] bool
    """
    same, differs = _same(p, q), q.argmax(-1) != y
    return _share(same & M, M), _share(same & differs & M, differs & M)


def _same(p: Tensor, q: Tensor) -> Tensor:
    return p.argmax(-1) == q.argmax(-1)


def _share(part: Tensor, whole: Tensor) -> float:
    return round((part.sum() / whole.sum()).item(), 6)


def _pads_too(p: Tensor, q: Tensor, y: Tensor, M: Tensor) -> Shares:
    return top1_agreement(p, q, y, torch.ones_like(M))


def _without_eos(p: Tensor, q: Tensor, y: Tensor, M: Tensor) -> Shares:
    last = M.sum(1, keepdim=True) - 1  # [B, 1], the place of eos
    return top1_agreement(p, q, y, M.scatter(1, last, False))


def _accuracy(p: Tensor, q: Tensor, y: Tensor, M: Tensor) -> Shares:
    right, differs = p.argmax(-1) == y, q.argmax(-1) != y
    return _share(right & M, M), _share(right & differs & M, differs & M)


def _of_all(p: Tensor, q: Tensor, y: Tensor, M: Tensor) -> Shares:
    same, differs = _same(p, q), q.argmax(-1) != y
    return _share(same & M, M), _share(same & differs & M, M)


def _students_differences(p: Tensor, q: Tensor, y: Tensor, M: Tensor) -> Shares:
    same, differs = _same(p, q), p.argmax(-1) != y
    return _share(same & M, M), _share(same & differs & M, differs & M)


def _mean_of_sentences(p: Tensor, q: Tensor, y: Tensor, M: Tensor) -> Shares:
    rows = [top1_agreement(*(x[None] for x in row)) for row in zip(p, q, y, M, strict=True)]
    overall, differs = torch.tensor(rows, dtype=torch.double).mean(0).tolist()
    return round(overall, 6), round(differs, 6)


def _draw_batch(rng: random.Random) -> Case:
    """Random logits, some of them the teacher's own; every sentence has a place that differs."""
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    B, T, V = rng.randint(2, 4), rng.randint(4, 7), rng.randint(4, 6)
    q = torch.randn(B, T, V, generator=generator).softmax(-1)
    taught = torch.rand(B, T, 1, generator=generator) < 0.5
    p = torch.where(taught, q, torch.randn(B, T, V, generator=generator).softmax(-1))
    y = torch.randint(V, (B, T), generator=generator)
    y[:, 0] = (q[:, 0].argmax(-1) + 1) % V
    lengths = torch.randint(3, T, (B, 1), generator=generator)
    return p, q, y, torch.arange(T) < lengths


AGREEMENT = Function(
    "ch11-top1-agreement",
    reference=top1_agreement,
    draw=_draw_batch,
    wrong=(
        Wrong("pads", "pads count there; only positions where the mask is True are pieces.",
              _pads_too),
        Wrong("eos", "the end mark is left out; it is a piece like any other, and counts.",
              _without_eos),
        Wrong("accuracy", "that compares the student with y. Agreement compares it with the "
              "teacher.", _accuracy),
        Wrong("of-all", "the second number is a share of all pieces; divide by those where teacher "
              "and y differ.", _of_all),
        Wrong("students-differences", "the second number is over places where the student is not "
              "y; it is the teacher who must differ from y.", _students_differences),
        Wrong("mean-of-sentences", "that is a mean over sentences; every piece counts the same, "
              "whatever the length of its sentence.", _mean_of_sentences),
    ),
)  # fmt: skip


def without_top1(q: Sequence[float], y: int) -> list[float]:
    """q with the mass of its largest entry moved to place y, rounded to six places."""
    a = max(range(len(q)), key=q.__getitem__)
    r = list(q)
    r[a] = 0.0
    r[y] += q[a]
    return [round(mass, 6) for mass in r]


def _cut(q: Sequence[float]) -> list[float]:
    a = max(range(len(q)), key=q.__getitem__)
    return [0.0 if k == a else mass for k, mass in enumerate(q)]


def _dropped(q: Sequence[float], y: int) -> list[float]:
    return [round(mass, 6) for mass in _cut(q)]


def _renormalised(q: Sequence[float], y: int) -> list[float]:
    left = _cut(q)
    return [round(mass / sum(left), 6) for mass in left]


def _emptied_last(q: Sequence[float], y: int) -> list[float]:
    """Adds first, empties then: right unless the largest entry is y."""
    r = list(q)
    a = max(range(len(q)), key=q.__getitem__)
    r[y] += q[a]
    r[a] = 0.0
    return [round(mass, 6) for mass in r]


def _one_hot(q: Sequence[float], y: int) -> list[float]:
    return [float(k == y) for k in range(len(q))]


def _exchanged(q: Sequence[float], y: int) -> list[float]:
    r = list(q)
    a = max(range(len(q)), key=q.__getitem__)
    r[a], r[y] = r[y], r[a]
    return [round(mass, 6) for mass in r]


def _draw_target(rng: random.Random) -> Case:
    weights = [rng.random() for _ in range(rng.randint(3, 6))]
    q = [w / sum(weights) for w in weights]
    agrees = rng.random() < 0.4
    return q, q.index(max(q)) if agrees else rng.randrange(len(q))


WITHOUT_TOP1 = Function(
    "ch11-without-top1",
    reference=without_top1,
    draw=_draw_target,
    wrong=(
        Wrong("dropped", "the mass of the top word is gone, and the target no longer sums to 1; it "
              "has to go to gold.", _dropped),
        Wrong("renormalised", "that drops the top word and divides by the rest, so that all other "
              "words grow. Only gold grows.", _renormalised),
        Wrong("emptied-last", "where the top word is gold, nothing is to change: empty the top "
              "word first, then add.", _emptied_last),
        Wrong("exchanged", "that exchanges two shares; gold keeps its own share and gets the "
              "other on top.", _exchanged),
        Wrong("one-hot", "that is gold alone; all other words keep what they had.", _one_hot),
    ),
)  # fmt: skip

WHERE = Text(
    "ch11-where-arms-differ",
    must=(
        ("where teacher and reference differ", r"differ|≠|!=|disagree|not gold"),
        ("where they agree", r"(?<!dis)agree(?!ment)|(?<!!)=|same|equal"),
        ("the first word", r"first|begin|start"),
        ("a number of your own run", r"\d"),
    ),
    rubric="Full: a table of arms by kinds of position, how many positions each kind has, and one "
    "sentence on which kind tells the arms apart. Half: the numbers alone. None: 'TA is higher'.",
)

EXERCISES = (PREDICT_UNSEEN, PREDICT_COST, CUTS, AGREEMENT, WITHOUT_TOP1, WHERE)
