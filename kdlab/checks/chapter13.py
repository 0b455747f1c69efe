"""Chapter 13: two thresholds by hand, a queue in code, and which words are hard."""

import random
from math import ceil

import torch
from torch import Tensor

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong

Chosen = tuple[Tensor, Tensor, Tensor]


def _top(values: Tensor, share: float, up: bool = True) -> Tensor:
    """The last of the top (or, from below, of the bottom) share."""
    n = max(1, ceil(share * len(values) - 1e-9))
    return values.sort(descending=up).values[n - 1]


def _right(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    queue = torch.cat([queue, c[mask]])[-size:]
    theta = _top(queue, share)
    return theta, mask & (c >= theta), queue


def _read_first(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    theta = _top(queue, share)
    return theta, mask & (c >= theta), torch.cat([queue, c[mask]])[-size:]


def _batch_alone(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    theta = _top(c[mask], share)
    return theta, mask & (c >= theta), torch.cat([queue, c[mask]])[-size:]


def _pads(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    return _right(c, torch.ones_like(mask), queue, share, size)


def _pads_chosen(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    theta, _, queue = _right(c, mask, queue, share, size)
    return theta, c >= theta, queue


def _oldest(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    queue = torch.cat([queue, c[mask]])[:size]
    theta = _top(queue, share)
    return theta, mask & (c >= theta), queue


def _easiest(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    queue = torch.cat([queue, c[mask]])[-size:]
    theta = _top(queue, share, up=False)
    return theta, mask & (c <= theta), queue


def _above(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    theta, _, queue = _right(c, mask, queue, share, size)
    return theta, mask & (c > theta), queue


def _per_sentence(c: Tensor, mask: Tensor, queue: Tensor, share: float, size: int) -> Chosen:
    theta, _, queue = _right(c, mask, queue, share, size)
    chosen = torch.stack([m & (row >= _top(row[m], share)) for row, m in zip(c, mask, strict=True)])
    return theta, chosen, queue


def _draw(rng: random.Random) -> Case:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    b, t = rng.randint(2, 3), rng.randint(3, 5)
    c = 2 * torch.rand(b, t, generator=generator, dtype=torch.double)
    mask = torch.arange(t) < torch.randint(2, t, (b, 1), generator=generator)
    queue = 2 * torch.rand(rng.randint(4, 9), generator=generator, dtype=torch.double)
    return c, mask, queue, rng.choice((0.3, 0.5)), rng.randint(5, 9)


SELECT = Function(
    "ch13-select",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("read-before-push", "θ is read before the batch is pushed; push first.", _read_first),
        Wrong("batch-alone", "θ is of the batch alone; it is read from the whole queue.",
              _batch_alone),
        Wrong("pads-pushed", "pads are pushed; only real positions have a loss.", _pads),
        Wrong("pads-chosen", "θ is right, and pads are chosen, too.", _pads_chosen),
        Wrong("oldest-kept", "the oldest losses are kept; the newest are.", _oldest),
        Wrong("easiest", "the easiest share is chosen; the hardest hears the teacher.", _easiest),
        Wrong("above-only", "the word at θ itself is left out; it is the last of the top share.",
              _above),
        Wrong("per-sentence", "the share is taken of each sentence; θ holds for all.",
              _per_sentence),
    ),
)  # fmt: skip

PREDICT = Choice(
    "ch13-halves",
    right="c",
    replies={
        "a": "So it was in print, by a few tenths of a point. The table says what three seeds show "
        "here.",
        "b": "Where the student is right, its teacher's distribution is nearly the gold word "
        "again, so there is little to lose.",
        "c": "The easy words' terms are near zero, so switching them off changes little. Look at "
        "the intervals.",
    },
)

THRESHOLDS = Keyed(
    "ch13-thresholds",
    key={"batch": 0.5, "words batch": 2, "queue": 0.6, "words queue": 1},
    hint="The smallest of the top two of five, and of the top four of ten.",
    tolerance=0.001,
    wrong=(
        Wrong("read-before-push", "the queue was read before the batch was in it; push first.",
              {"batch": 0.5, "words batch": 2, "queue": 0.7, "words queue": 1}),
        Wrong("two-of-ten", "the share is of all that is held: four of ten.",
              {"batch": 0.5, "words batch": 2, "queue": 0.9, "words queue": 1}),
    ),
)  # fmt: skip

RULE = Keyed(
    "ch13-rule",
    key={"1": "false", "2": "true", "3": "false", "4": "false", "5": "true"},
    hint="Two are true.",
    wrong=(
        Wrong("teachers-doubt", "hard is what costs the student; the teacher may be quite sure.",
              {"1": "false", "2": "true", "3": "true", "4": "false", "5": "true"}),
        Wrong("skipped", "a word that is not selected keeps its gold loss.",
              {"1": "true", "2": "true", "3": "false", "4": "false", "5": "true"}),
    ),
)  # fmt: skip

WORDS = Text(
    "ch13-words",
    must=(
        ("which words", r"\b(I|He|She|They|We|the|a|have|pronoun|article)\b"),
        ("how often", r"%|share|often|of \d+"),
        ("training", r"train"),
    ),
    rubric="Full: words with their shares, what changes with training, and that Thai leaves them "
    "open. Half: a list. None: 'rare words'.",
)

EXERCISES = (PREDICT, THRESHOLDS, SELECT, RULE, WORDS)
