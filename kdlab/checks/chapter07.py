"""Chapter 7: choosing a target from a list, and the measure that chooses."""

import math
import random
from collections import Counter

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Wrong

WORDS = "I we have tried it before already once never this that .".split()


def _bleu(hypothesis: str, reference: str, *, clip: bool = True, smooth: str = "exp") -> float:
    """Smoothed BLEU of words between spaces, and what goes wrong with it."""
    h, r = hypothesis.split(), reference.split()
    logs, zeros = [], 0
    for n in range(1, min(4, len(h)) + 1):
        runs = Counter(tuple(h[i : i + n]) for i in range(len(h) - n + 1))
        there = Counter(tuple(r[i : i + n]) for i in range(len(r) - n + 1))
        found = runs & there if clip else Counter({g: k for g, k in runs.items() if g in there})
        share = found.total() / runs.total()
        if share == 0:
            zeros += 1
            if smooth == "none":
                return 0.0
            share = 1 / ((2**zeros if smooth == "exp" else 2) * runs.total())
        logs.append(math.log(share))
    if zeros == len(logs):
        return 0.0
    return 100 * math.exp(sum(logs) / len(logs) + min(0.0, 1 - len(r) / len(h)))


def smoothed_bleu(hypothesis: str, reference: str) -> float:
    """Smoothed BLEU of one sentence, 0 to 100; words between spaces."""
    return _bleu(hypothesis, reference)


def _inverted(hypothesis: str, reference: str) -> float:
    h, r = len(hypothesis.split()), len(reference.split())
    right = _bleu(hypothesis, reference) / math.exp(min(0.0, 1 - r / h))
    return right * math.exp(min(0.0, 1 - h / r))


def _both_sides(hypothesis: str, reference: str) -> float:
    h, r = len(hypothesis.split()), len(reference.split())
    return _bleu(hypothesis, reference) * math.exp(min(0.0, 1 - h / r))


def _no_penalty(hypothesis: str, reference: str) -> float:
    h, r = len(hypothesis.split()), len(reference.split())
    return _bleu(hypothesis, reference) / math.exp(min(0.0, 1 - r / h))


def _draw(rng: random.Random) -> Case:
    reference = [rng.choice(WORDS) for _ in range(rng.randint(4, 8))]
    hypothesis = [w if rng.random() < 0.7 else rng.choice(WORDS) for w in reference]
    hypothesis = hypothesis[: rng.randint(3, len(hypothesis))]
    hypothesis += [hypothesis[0]] * rng.randint(0, 3)
    return " ".join(hypothesis), " ".join(reference)


BLEU = Function(
    "ch07-bleu",
    reference=smoothed_bleu,
    draw=_draw,
    wrong=(
        Wrong(
            "no-smoothing",
            "no smoothing: a sentence without a common run of four words gets 0, and most of a "
            "list cannot be told apart.",
            lambda h, r: _bleu(h, r, smooth="none"),
        ),
        Wrong(
            "not-clipped",
            "a run counts more often than the reference has it; it counts at most as often.",
            lambda h, r: _bleu(h, r, clip=False),
        ),
        Wrong(
            "same-smoothing",
            "each 0 gets the same number; the second one is halved again, and so on.",
            lambda h, r: _bleu(h, r, smooth="half"),
        ),
        Wrong(
            "penalty-inverted",
            "the brevity penalty is turned round: it punishes long hypotheses, not short ones.",
            _inverted,
        ),
        Wrong(
            "penalty-both-sides",
            "a long hypothesis is punished as well; the brevity penalty is for short ones only.",
            _both_sides,
        ),
        Wrong("no-penalty", "the brevity penalty is missing.", _no_penalty),
        Wrong(
            "not-a-percentage",
            "from 0 to 1; expected 0 to 100.",
            lambda h, r: _bleu(h, r) / 100,
        ),
    ),
)

PREDICT_TEACHER = Choice(
    "ch07-teacher",
    right="b",
    replies={
        "a": "Tempting: it could say them already. But it also learns not to say the others, and "
        "a more peaked distribution needs less search.",
        "b": "A more peaked distribution needs less search, whatever the size. How far our teacher "
        "came, the long run says.",
        "c": "Tempting: a model that learns from itself repeats its mistakes. But a person's words "
        "chose among its sentences.",
    },
)

PREDICT_AFTER = Choice(
    "ch07-after-seq-kd",
    right="c",
    replies={
        "a": "Tempting: ỹ is a teacher's sentence as well. But which one it is depends on the "
        "person, so like sources get different ones.",
        "b": "Tempting: the student knows all these sentences. It knows that they exist, and gives "
        "them next to no probability.",
        "c": "ỹ is more varied than ŷ, so the student shares out again what Seq-KD had gathered.",
    },
)

OTHER = Keyed(
    "ch07-another-person",
    key={"ŷ": 53.7285, "ỹ": 54.7518, "place": 5},
    hint="ŷ is the first of the five; ỹ is the one with the largest BLEU, brevity penalty and all.",
    tolerance=0.06,
    wrong=(
        Wrong(
            "likeliest",
            "that takes the likeliest sentence for ỹ; the choice looks at BLEU alone.",
            {"ŷ": 53.7285, "ỹ": 53.7285, "place": 1},
        ),
        Wrong(
            "no-penalty",
            "the brevity penalty is missing: ỹ has five words and the reference six.",
            {"ŷ": 53.7285, "ỹ": 66.8740, "place": 5},
        ),
        Wrong(
            "longer-list",
            "that sentence is nearer, but it is the sixth of the list, and K is 5 here.",
            {"ŷ": 53.7285, "ỹ": 57.8930, "place": 6},
        ),
    ),
)

LAMBDA = Keyed(
    "ch07-lambda",
    key={"λ": 0.357},
    hint="λ (.7349 - .5761) = (1 - λ) (.220 - .132).",
    tolerance=0.006,
    wrong=(
        Wrong(
            "not-divided", "BLEU is not divided by 100, so similarity decides alone.", {"λ": 0.0055}
        ),
        Wrong("other-weight", "λ is on q there; here it weighs the similarity.", {"λ": 0.643}),
    ),
)

SIDES = Keyed(
    "ch07-sides",
    key={
        "Word-KD": "loss", "Seq-KD": "data", "Seq-Inter": "data", "Seq-KD + Word-KD": "both",
        "label smoothing": "loss", "base+kd": "data",
    },
    hint="What can be sent to somebody as a text file is data.",
    wrong=(
        Wrong(
            "seq-inter-is-a-loss",
            "Seq-Inter chooses a sentence, and then the plain loss reads it: data.",
            {
                "Word-KD": "loss", "Seq-KD": "data", "Seq-Inter": "loss",
                "Seq-KD + Word-KD": "both", "label smoothing": "loss", "base+kd": "data",
            },
        ),
    ),
)  # fmt: skip

EXERCISES = (PREDICT_TEACHER, PREDICT_AFTER, OTHER, BLEU, LAMBDA, SIDES)
