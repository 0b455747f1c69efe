"""Chapter 12: what separates explanations, shares drawn again, and stakes that are scored."""

import random
from collections.abc import Sequence
from statistics import fmean

from kdlab.checks.kinds import Choice, Function, Keyed, Text, Wrong

Scores = Sequence[float]
Draws = Sequence[Sequence[int]]

PREDICT_SEPARATES = Choice(
    "ch12-separates",
    right="b",
    replies={
        "a": "Tempting, since H1 says it. But H2 says it too, and H3 is told as if it did, so it "
        "takes nothing from them.",
        "b": "All three are told as reasons for a gain, and a result that everybody predicted "
        "moves nobody.",
        "c": "Tempting: each story gets a point. But if all get the same, none has gained on the "
        "others.",
    },
)

PREDICT_ALARMS = Choice(
    "ch12-alarms",
    right="b",
    replies={
        "a": "That is the chance for each single comparison.",
        "b": "1 - .95 to the power of 20 is .64: the more you compare, the surer a false alarm.",
        "c": "Tempting, but a p-value below .05 comes up once in twenty where there is nothing at "
        "all.",
    },
)

SAYS = Keyed(
    "ch12-says",
    key={1: "H1", 2: "H2", 3: "none", 4: "H3", 5: "H2"},
    hint="A result that all three say belongs to none of them.",
    wrong=(
        Wrong("gain", "3: H1 says it, and so do the others; it separates nothing.",
              {1: "H1", 2: "H2", 3: "H1", 4: "H3", 5: "H2"}),
    ),
)  # fmt: skip


def shares(part: Scores, whole: Scores, base: Scores, draws: Draws) -> list[float]:
    """The part's share of the whole's gain in each draw of sentences, rounded to six places."""
    return [
        round((_mean(part, rows) - _mean(base, rows)) / (_mean(whole, rows) - _mean(base, rows)), 6)
        for rows in draws
    ]


def _mean(scores: Scores, rows: Sequence[int]) -> float:
    return fmean(scores[i] for i in rows)


def _mean_of_ratios(part: Scores, whole: Scores, base: Scores, draws: Draws) -> list[float]:
    return [
        round(fmean((part[i] - base[i]) / (whole[i] - base[i]) for i in rows), 6) for rows in draws
    ]


def _without_base(part: Scores, whole: Scores, base: Scores, draws: Draws) -> list[float]:
    return [round(_mean(part, rows) / _mean(whole, rows), 6) for rows in draws]


def _upside_down(part: Scores, whole: Scores, base: Scores, draws: Draws) -> list[float]:
    return [round(1 / share, 6) for share in shares(part, whole, base, draws)]


def _only_the_part_drawn(part: Scores, whole: Scores, base: Scores, draws: Draws) -> list[float]:
    b, a = fmean(base), fmean(whole)
    return [round((_mean(part, rows) - b) / (a - b), 6) for rows in draws]


def _draw(rng: random.Random) -> tuple[Scores, Scores, Scores, Draws]:
    n = rng.randint(4, 7)
    base = [rng.randint(10, 60) for _ in range(n)]
    part = [b + rng.randint(1, 9) for b in base]
    whole = [b + rng.randint(4, 20) for b in base]
    return part, whole, base, [[rng.randrange(n) for _ in range(n)] for _ in range(3)]


SHARES = Function(
    "ch12-shares",
    reference=shares,
    draw=_draw,
    wrong=(
        Wrong("ratios", "you take a ratio for each sentence and then the mean. Take the means "
              "first, and one ratio of them: a sentence without a gain drowns the others.",
              _mean_of_ratios),
        Wrong("base", "that is the part over the whole; take the base off both first.",
              _without_base),
        Wrong("upside down", "the part's gain stands above, the whole's below.", _upside_down),
        Wrong("unpaired", "only the part is drawn again there; take the same sentences for all "
              "three.", _only_the_part_drawn),
    ),
)  # fmt: skip

BRIER = Keyed(
    "ch12-brier",
    key={"stakes": 0.136667, "half": 0.25},
    tolerance=0.0005,
    hint="The mean of the squared distances between stake and outcome, which is 1 or 0.",
    wrong=(
        Wrong("distance", "those are mean distances; square each first.",
              {"stakes": 0.3, "half": 0.5}),
        Wrong("sum", "that is the sum; the score is the mean.", {"stakes": 0.41, "half": 0.75}),
    ),
)  # fmt: skip

VERDICT = Text(
    "ch12-verdict",
    must=(
        ("a share", r"share|of the gain"),
        ("an interval", r"\[[^],]*\d[^],]*,[^],]*\d[^],]*\]|interval"),
        ("a test that failed or is not separated", r"not separated|fail"),
        ("two hypotheses", r"H1.*H[23]|H2.*H[13]|H3.*H[12]"),
        ("a limit of the corpus", r"synthetic|minitalks|real|small"),
    ),
    rubric="Full: an interval, a test that one hypothesis says and another forbids, a limit. Half: "
    "figures without a limit. None: 'H1 is proved'.",
)

EXERCISES = (PREDICT_SEPARATES, PREDICT_ALARMS, SAYS, SHARES, BRIER, VERDICT)
