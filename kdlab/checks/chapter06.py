"""Chapter 6: the distilling loop, what it loses, and what it needs when."""

import random
from collections.abc import Callable, Sequence

from kdlab.checks.kinds import Choice, Function, Keyed, Text, Wrong

Pieces = list[str]
Decode = Callable[[Sequence[str]], list[tuple[int, Pieces]]]
Pairs = list[tuple[str, str]]

END = "</s>"
WORDS = ("we", "have", "tried", "it", "he", "reads", "a", "book")


def decode(lines: Sequence[str]) -> list[tuple[int, Pieces]]:
    """A stand-in for a teacher: (row, pieces) with the end mark last, short outputs first.

    A line's output is fixed by the line; a line without letters gets an empty one.
    """
    said = [
        [WORDS[(ord(c) + i) % len(WORDS)] for i, c in enumerate(line) if c.isalpha()]
        for line in lines
    ]
    order = sorted(range(len(lines)), key=lambda row: len(said[row]))
    return [(row, [*said[row], END]) for row in order]


def distil(decode: Decode, sources: Sequence[str], batch: int) -> Pairs:
    """(source, ŷ) in the corpus's order; pairs whose ŷ is empty are left out."""
    pairs = []
    for start in range(0, len(sources), batch):
        lines = sources[start : start + batch]
        said = dict(decode(lines))
        for row, line in enumerate(lines):
            text = " ".join(said[row][:-1])
            if text:
                pairs.append((line, text))
    return pairs


def _as_decoded(decode: Decode, sources: Sequence[str], batch: int) -> Pairs:
    pairs = []
    for start in range(0, len(sources), batch):
        lines = sources[start : start + batch]
        for line, (_, pieces) in zip(lines, decode(lines), strict=True):
            if text := " ".join(pieces[:-1]):
                pairs.append((line, text))
    return pairs


def _end_mark_kept(decode: Decode, sources: Sequence[str], batch: int) -> Pairs:
    kept = distil(decode, sources, batch)
    return [(source, f"{text} {END}") for source, text in kept]


def _empty_kept(decode: Decode, sources: Sequence[str], batch: int) -> Pairs:
    full = dict(distil(decode, sources, batch))
    return [(source, full.get(source, "")) for source in sources]


def _last_batch_lost(decode: Decode, sources: Sequence[str], batch: int) -> Pairs:
    return distil(decode, sources[: len(sources) // batch * batch], batch)


def _sources_stripped(decode: Decode, sources: Sequence[str], batch: int) -> Pairs:
    return [(source.strip(), text) for source, text in distil(decode, sources, batch)]


def _draw(rng: random.Random) -> tuple[Decode, list[str], int]:
    lines = [
        "".join(rng.choice("กขคงจ") for _ in range(rng.randint(0, 5))) + rng.choice(["", "", " "])
        for _ in range(rng.randint(5, 12))
    ]
    return decode, lines, rng.randint(2, 4)


LOOP = Function(
    "ch06-distil",
    reference=distil,
    draw=_draw,
    wrong=(
        Wrong(
            "order",
            "targets stand beside other sources: decode() gives short outputs first, with the row "
            "that each belongs to.",
            _as_decoded,
        ),
        Wrong(
            "end-mark",
            f"the text still ends in {END}; the tokenizer will add its own, and the student would "
            "learn to write it.",
            _end_mark_kept,
        ),
        Wrong(
            "empty",
            "a pair with an empty target is still there; a student would learn to say nothing.",
            _empty_kept,
        ),
        Wrong(
            "last-batch",
            "the last, shorter batch is missing.",
            _last_batch_lost,
        ),
        Wrong(
            "sources",
            "the sources have changed; distilling replaces the target side only.",
            _sources_stripped,
        ),
    ),
)

PREDICT_PPL = Choice(
    "ch06-perplexity",
    right="c",
    replies={
        "a": "Tempting: a better translator should be less surprised. It was shown one sentence "
        "each, so the others surprise it more.",
        "b": "Tempting: same size, same sources. But it no longer learns what else could be said.",
        "c": "It has learned to put nearly all of its probability on one sentence, and the "
        "references are mostly other ones.",
    },
)

PREDICT_GAP = Choice(
    "ch06-gap",
    right="b",
    replies={
        "a": "Tempting: search is search. But a beam helps only where the probability is spread.",
        "b": "Where one sentence holds most of the probability, the likeliest word at each step "
        "leads to it, and a beam finds nothing better.",
        "c": "Tempting: a surer model could be surer of wrong beginnings. Its targets were chosen "
        "whole, so its first words fit their ends.",
    },
)

WHO_NEEDS = Keyed(
    "ch06-who-needs-the-teacher",
    key={
        "writing ŷ": "teacher", "training on ŷ": "nobody else", "translating": "nobody else",
    },
    hint="Think of three machines, a day apart from each other.",
    wrong=(
        Wrong(
            "word-level",
            "that is word-level distillation: there the teacher reads each training batch. ŷ is a "
            "file, and a file needs no teacher.",
            {"writing ŷ": "teacher", "training on ŷ": "teacher", "translating": "nobody else"},
        ),
    ),
)  # fmt: skip

PRONOUNS = Keyed(
    "ch06-pronouns",
    key={"He": (0.45, 1.0), "She": (0.35, 0.0), "They": (0.20, 0.0)},
    hint="The first share is R3's factor; the second counts its one distilled target.",
    wrong=(
        Wrong(
            "sampled",
            "those shares stay if ŷ is sampled. Beam search takes the mode: one pronoun is left.",
            {"He": (0.45, 0.45), "She": (0.35, 0.35), "They": (0.20, 0.20)},
        ),
        Wrong(
            "mode-mass",
            "that is the whole mode's probability. Every distilled target of R3 begins with He.",
            {"He": (0.45, 0.1377), "She": (0.35, 0.0), "They": (0.20, 0.0)},
        ),
    ),
)

FOUR = Text(
    "ch06-four-causes",
    must=(
        ("mode mass", r"mass"),
        ("the search gap", r"gap|greedy"),
        ("perplexity on y", r"perplexity|ppl"),
        ("perplexity on ŷ", r"ŷ|distilled targets|y-hat|yhat"),
        ("a number of your own run", r"\d"),
    ),
    rubric="Full: four numbers of your own run, each with a cause that is about where probability "
    "went. Half: two causes, or causes without numbers. None: 'the data are better'.",
)

EXERCISES = (PREDICT_PPL, PREDICT_GAP, LOOP, WHO_NEEDS, PRONOUNS, FOUR)
