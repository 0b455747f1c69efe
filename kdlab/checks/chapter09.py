"""Chapter 9: complexity and faithfulness by hand, complexity in code, and what H1 forbids."""

import math
import random
from collections.abc import Callable, Mapping

from kdlab.checks.kinds import Choice, Function, Keyed, Text, Wrong

Counts = Mapping[str, Mapping[str, int]]

PREDICT_RULE = Choice(
    "ch09-rule",
    right="b",
    replies={
        "a": "Tempting: simple is simple. But the first in the alphabet is seldom the likeliest, "
        "and references are drawn from what is likely.",
        "b": "It learns one right translation of each source, which is easier than ten. But it "
        "says what references seldom say: which simple targets decides the score.",
        "c": "Tempting: no teacher, no knowledge. But every target is a right translation, and one "
        "rule is easier to learn than ten answers.",
    },
)

PREDICT_NOISE = Choice(
    "ch09-noise",
    right="c",
    replies={
        "a": "Tempting: garbage in, garbage out. But a wrong target differs each time, so a model "
        "of distributions gives each of them little, and its beam says the right one.",
        "b": "Tempting: the teacher saw the same noise. It did, and averaged it away.",
        "c": "The teacher's likeliest sentence is nearly always a right one, also where the pair "
        "it replaces was wrong.",
    },
)

TOYS = Keyed(
    "ch09-toys",
    key={"C": 0.281168, "F": 0.092332},
    tolerance=0.0005,
    hint="Natural logarithms; C is a mean over the two source words, F has one.",
    wrong=(
        Wrong("bits", "those are bits; this book counts in nats: use the natural logarithm.",
              {"C": 0.405639, "F": 0.133207}),
        Wrong("sum", "C is the sum over the two source words there; it is their mean.",
              {"C": 0.562335, "F": 0.092332}),
        Wrong("direction", "F is the other way round: from the real data to the distilled.",
              {"C": 0.281168, "F": 0.07246}),
    ),
)  # fmt: skip


def complexity(counts: Counts) -> tuple[float, float]:
    """(C by type, C by token) in nats, rounded to six places."""
    return _with(math.log, counts)


def _with(log: Callable[[float], float], counts: Counts) -> tuple[float, float]:
    entropies, sizes = [], []
    for said in counts.values():
        n = sum(said.values())
        entropies.append(-sum(c / n * log(c / n) for c in said.values()))
        sizes.append(n)
    by_type = sum(entropies) / len(entropies)
    by_token = sum(h * n for h, n in zip(entropies, sizes, strict=True)) / sum(sizes)
    return round(by_type, 6), round(by_token, 6)


def _in_bits(counts: Counts) -> tuple[float, float]:
    return _with(math.log2, counts)


def _types_for_both(counts: Counts) -> tuple[float, float]:
    by_type, _ = complexity(counts)
    return by_type, by_type


def _all_words_together(counts: Counts) -> tuple[float, float]:
    n = sum(sum(said.values()) for said in counts.values())
    h = -sum(c / n * math.log(c / n) for said in counts.values() for c in said.values())
    return round(h, 6), round(h, 6)


def _draw(rng: random.Random) -> tuple[Counts]:
    return (
        {
            f"x{i}": {f"y{j}": rng.randint(1, 9) for j in range(rng.randint(1, 4))}
            for i in range(rng.randint(2, 4))
        },
    )


COMPLEXITY = Function(
    "ch09-complexity",
    reference=complexity,
    draw=_draw,
    wrong=(
        Wrong("bits", "your logarithm has base 2; use the natural one, nats.", _in_bits),
        Wrong("weights", "both are the unweighted mean; by token, each source word weighs as often "
              "as it stands in the data.", _types_for_both),
        Wrong("joint", "that is the entropy of all pairs together, so it also counts how many "
              "source words there are. Take each source word's own entropy, then the mean.",
              _all_words_together),
    ),
)  # fmt: skip

KINDS = Keyed(
    "ch09-noise-or-ambiguity",
    key={1: "noise", 2: "ambiguity", 3: "noise", 4: "ambiguity", 5: "noise"},
    hint="Ask of each target: could a careful translator have written it?",
    wrong=(
        Wrong("meaning", "2 and 4 mean different things, and both can be right: Thai leaves the "
              "subject open, and the wording free.",
              {1: "noise", 2: "noise", 3: "noise", 4: "noise", 5: "noise"}),
    ),
)  # fmt: skip

WHERE = Text(
    "ch09-where-the-gain-is",
    must=(
        ("the corrupted pairs", r"corrupt|nois|wrong"),
        ("a control without a teacher", r"drop|repair|clean"),
        ("both searches", r"greed.*beam|beam.*greed"),
        ("a number of the file", r"\d"),
    ),
    rubric="Full: compares distilling with cleaning on the same noise, by their intervals, and "
    "says what of the gain is left to explain. Half: one comparison. None: 'KD removes noise'.",
)

EXERCISES = (PREDICT_RULE, PREDICT_NOISE, TOYS, COMPLEXITY, KINDS, WHERE)
