"""Chapter 19: whose side is whose, a round trip in code, and what is lost on the way."""

import random
from collections.abc import Callable, Sequence

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong

Lines = Sequence[str]
Turn = Callable[[Lines], list[str]]
Pairs = list[tuple[str, str]]


def _kept(sources: Lines, targets: Lines, held: set[str]) -> Pairs:
    pairs = zip(sources, targets, strict=True)
    return [(s, t) for s, t in pairs if s and t and s not in held]


def _right(targets: Lines, back: Turn, forth: Turn, held: set[str]) -> Pairs:
    sources = back(targets)
    return _kept(sources, forth(sources), held)


def _old_targets(targets: Lines, back: Turn, forth: Turn, held: set[str]) -> Pairs:
    return _kept(back(targets), targets, held)


def _turned(targets: Lines, back: Turn, forth: Turn, held: set[str]) -> Pairs:
    return [(t, s) for s, t in _right(targets, back, forth, held)]


def _leaks(targets: Lines, back: Turn, forth: Turn, held: set[str]) -> Pairs:
    return _right(targets, back, forth, set())


def _empty(targets: Lines, back: Turn, forth: Turn, held: set[str]) -> Pairs:
    sources = back(targets)
    return [(s, t) for s, t in zip(sources, forth(sources), strict=True) if s not in held]


def _shifted(targets: Lines, back: Turn, forth: Turn, held: set[str]) -> Pairs:
    kept = [s for s in back(targets) if s and s not in held]
    return _kept(kept, [*forth(kept)[1:], "end"], held)


def _draw(rng: random.Random) -> Case:
    letters = dict(zip("abcdef", "กขคงจฉ", strict=True))
    silent = rng.choice("abc")

    def back(lines: Lines) -> list[str]:
        return ["".join(letters.get(c, "") for c in line if c != silent) for line in lines]

    def forth(lines: Lines) -> list[str]:
        other = {thai: latin.upper() for latin, thai in letters.items()}
        return ["".join(other[c] for c in line if c != "ฉ") for line in lines]

    words = ["".join(rng.choice("abcdef") for _ in range(rng.randint(2, 4))) for _ in range(5)]
    targets = [*words, silent, "f", rng.choice(words)]
    rng.shuffle(targets)
    held = {back([rng.choice(words)])[0]} - {""}
    return targets, back, forth, held


TRIP = Function(
    "ch19-trip",
    reference=_right,
    draw=_draw,
    wrong=(
        Wrong("back-translation", "the old target stands beside the new source; that is "
              "back-translation. Translate the source forward again.", _old_targets),
        Wrong("sides-exchanged", "source and target have changed places.", _turned),
        Wrong("leaks", "a source of dev or test is among the pairs; leave out what is held.",
              _leaks),
        Wrong("empty-kept", "a pair with an empty side is kept.", _empty),
        Wrong("out-of-step", "targets stand beside other sources.", _shifted),
    ),
)  # fmt: skip

PREDICT = Choice(
    "ch19-round",
    right="b",
    replies={
        "a": "A human target is better for a big model. A small student on varied human targets is "
        "where this book began.",
        "b": "Its targets are the teacher's, one likely sentence a source, as in Seq-KD.",
        "c": "Machine Thai is enough to learn from. Look how near the round trip comes to Seq-KD.",
    },
)

SIDES = Keyed(
    "ch19-sides",
    key={"1": "both", "2": "source", "3": "source", "4": "target", "5": "neither"},
    hint="Ask of each side who wrote it last.",
    wrong=(
        Wrong("starts-from-a-person", "a round trip starts from a person's target and then writes "
              "over it.",
              {"1": "both", "2": "source", "3": "source", "4": "target", "5": "target"}),
        Wrong("back-turned", "back-translation makes the source; the target is a person's.",
              {"1": "both", "2": "source", "3": "source", "4": "source", "5": "neither"}),
    ),
)  # fmt: skip

LOST = Keyed(
    "ch19-lost",
    key={"unchanged": 0.22, "first part": 0.5},
    hint="It returns unchanged if it was the mode.",
    tolerance=0.001,
    wrong=(
        Wrong("first-part-always", "the teacher says At that time, whatever was said before.",
              {"unchanged": 0.22, "first part": 1.0}),
        Wrong("one-in-twelve", "the twelve sentences are not equally likely.",
              {"unchanged": 0.083, "first part": 0.333}),
    ),
)  # fmt: skip

AMOUNT = Text(
    "ch19-amount",
    must=(
        ("an amount", r"\d[\d,]* "),
        ("the seeds", r"seed"),
        ("the search", r"greedy|BLEU"),
        ("updates", r"update|often|epoch"),
    ),
    rubric="Full: where it flattens against the distance of seeds, and that updates were held "
    "equal. Half: a curve without its seeds. None: the last point.",
)

EXERCISES = (PREDICT, SIDES, TRIP, LOST, AMOUNT)
