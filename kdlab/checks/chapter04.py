"""Chapter 4: greedy and beam on a tree, mode mass, and where a search stops short."""

import math
import random
from collections.abc import Sequence

from kdlab.checks.kinds import Choice, Function, Keyed, Text, Wrong

Grid = list[list[float]]  # [B, T] log-probabilities in nats, rows padded to one length
PLACES = 6  # that answers are rounded to, as the exercise asks; `sameness` forgives if not


def mode_mass(log_p: Grid, lengths: Sequence[int]) -> float:
    """Mean over outputs of p(output given s); lengths count the end mark."""
    rows = [sum(row[:n]) for row, n in zip(log_p, lengths, strict=True)]
    return _mean([math.exp(total) for total in rows])


def _mean_of_piece_probabilities(log_p: Grid, lengths: Sequence[int]) -> float:
    each = [[math.exp(x) for x in row[:n]] for row, n in zip(log_p, lengths, strict=True)]
    return _mean([sum(row) / len(row) for row in each])


def _mean_over_all_pieces(log_p: Grid, lengths: Sequence[int]) -> float:
    each = [row[:n] for row, n in zip(log_p, lengths, strict=True)]
    return _mean([math.exp(x) for row in each for x in row])


def _exp_of_each_mean(log_p: Grid, lengths: Sequence[int]) -> float:
    rows = [sum(row[:n]) / n for row, n in zip(log_p, lengths, strict=True)]
    return _mean([math.exp(mean) for mean in rows])


def _exp_of_the_mean(log_p: Grid, lengths: Sequence[int]) -> float:
    rows = [sum(row[:n]) for row, n in zip(log_p, lengths, strict=True)]
    return round(math.exp(sum(rows) / len(rows)), PLACES)


def _without_end(log_p: Grid, lengths: Sequence[int]) -> float:
    return mode_mass(log_p, [n - 1 for n in lengths])


def _with_padding(log_p: Grid, lengths: Sequence[int]) -> float:
    return mode_mass(log_p, [len(row) for row in log_p])


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), PLACES)


def _draw(rng: random.Random) -> tuple[Grid, list[int]]:
    longest = rng.randint(3, 7)
    lengths = [rng.randint(2, longest) for _ in range(rng.randint(2, 5))]
    grid = [[math.log(rng.uniform(0.3, 0.95)) for _ in range(longest)] for _ in lengths]
    return grid, lengths


R1_BY_HAND = Keyed(
    "ch04-r1-by-hand",
    key={
        "K=1": ("I have tried it before .", 0.154),
        "K=2": ("We have tried it before .", 0.252),
        "likeliest beginning that K=2 cuts": ("I 've", 0.198),
    },
    hint="Multiply along each branch; K=2 compares all continuations of both kept beginnings. "
    "Write sentences as in the table, the period too.",
    tolerance=0.0005,
    wrong=(
        Wrong(
            "greedy-is-best",
            "no beginning with We is left after step 1 if K is 1: I has .55, We .35.",
            {
                "K=1": ("We have tried it before .", 0.252),
                "K=2": ("We have tried it before .", 0.252),
                "likeliest beginning that K=2 cuts": ("I 've", 0.198),
            },
        ),
        Wrong(
            "step-not-product",
            "'ve is cut with its product .55 × .36; the step alone, .36, compares with nothing.",
            {
                "K=1": ("I have tried it before .", 0.154),
                "K=2": ("We have tried it before .", 0.252),
                "likeliest beginning that K=2 cuts": ("I 've", 0.36),
            },
        ),
        Wrong(
            "two-per-parent",
            "K counts beginnings in all, over both parents, and not K for each of them.",
            {
                "K=1": ("I have tried it before .", 0.154),
                "K=2": ("We have tried it before .", 0.252),
                "likeliest beginning that K=2 cuts": ("I tried", 0.132),
            },
        ),
    ),
)

SORT_OUTPUTS = Keyed(
    "ch04-sort-outputs",
    key={
        "1": "greedy", "2": "sample", "3": "mode", "4": "beam",
        "5": "sample", "6": "beam", "7": "mode", "8": "greedy",
    },
    hint="Ask of each: is it drawn, is it proved, or what was kept at each step?",
    wrong=(
        Wrong(
            "beam-is-a-sample",
            "a beam draws nothing: the same source gives the same output each time. Lines 2 and 5 "
            "need chance, lines 4 and 6 do not.",
            {
                "1": "greedy", "2": "beam", "3": "mode", "4": "sample",
                "5": "beam", "6": "sample", "7": "mode", "8": "greedy",
            },
        ),
        Wrong(
            "beam-is-the-mode",
            "a beam promises nothing about what it cut; lines 3 and 7 have a proof, 4 and 6 none.",
            {
                "1": "greedy", "2": "sample", "3": "beam", "4": "mode",
                "5": "sample", "6": "mode", "7": "beam", "8": "greedy",
            },
        ),
    ),
)  # fmt: skip

MODE_MASS = Function(
    "ch04-mode-mass",
    reference=mode_mass,
    draw=_draw,
    wrong=(
        Wrong(
            "mean of piece probabilities",
            "that is the mean of piece probabilities; a sentence's probability is their product.",
            _mean_of_piece_probabilities,
        ),
        Wrong(
            "mean of piece probabilities, over the batch",
            "that is the mean of piece probabilities, over the batch; first multiply within each "
            "sentence.",
            _mean_over_all_pieces,
        ),
        Wrong(
            "exp of mean log-prob",
            "that is the exp of the mean log-prob of a piece; a long sentence must pay for each "
            "piece, so add and do not divide.",
            _exp_of_each_mean,
        ),
        Wrong(
            "exp of mean log-prob, over sentences",
            "that is the exp of the mean log-prob over sentences, a far smaller number; take exp "
            "of each sentence, then the mean.",
            _exp_of_the_mean,
        ),
        Wrong(
            "EOS left out",
            "EOS left out: that is the probability of all sentences that begin so.",
            _without_end,
        ),
        Wrong(
            "padding",
            "what stands after the end mark is in the sum; only lengths[b] pieces belong to row b.",
            _with_padding,
        ),
    ),
)

PREDICT_R1 = Choice(
    "ch04-r1",
    right="b",
    replies={
        "a": "Tempting: We begins the likeliest sentence. Greedy search cannot know that yet; its "
        "first choice is I.",
        "b": "I is the likeliest first word, and no later step can take it back. With two "
        "beginnings, We survives the first step.",
        "c": "Tempting: a beam begins where greedy search begins. But it keeps We as well.",
    },
)

PREDICT_SHARE = Choice(
    "ch04-share",
    right="d",
    replies={
        "a": "Tempting: a good model should be sure. Nine right sentences share the rest even in "
        "R1's short list.",
        "b": "Tempting, if one takes the probability of a word for that of a sentence.",
        "c": "Near what R1's mode has, in a list of ten. A real sentence is longer.",
        "d": "A product of some twenty factors below 1 is small, and real text has a vast number "
        "of right sentences.",
    },
)

BEAM_MISSES = Text(
    "ch04-beam-misses",
    must=(
        ("the rate", r"\d"),
        ("one example", r"[\u0E00-\u0E7F]|\bexample\b|[\"'“‘]"),
        ("why the mode was cut", r"cut|kept|keep|probab|begin|rank"),
    ),
    rubric="Full: a rate of your own count, one source with both sentences and both "
    "probabilities, and the step at which the mode's beginning fell out. Half: rate and example "
    "without the step. None: 'the beam was too small'.",
)

EXERCISES = (PREDICT_R1, PREDICT_SHARE, R1_BY_HAND, SORT_OUTPUTS, MODE_MASS, BEAM_MISSES)
