"""Chapter 10: two targets for one source, mixed at equal updates, and what a table's gains say."""

import random
from collections.abc import Callable, Sequence

from kdlab.checks.kinds import Case, Choice, Function, Keyed, Text, Wrong

Pair = tuple[str, str]
Batches = list[list[Pair]]
Mix = Callable[[list[Pair], list[Pair], int, int, random.Random], Batches]

PREDICT_SMALL = Choice(
    "ch10-small",
    right="c",
    replies={
        "a": "Tempting: half of the targets are gold again. But the student does not meet their "
        "average; it meets two targets for each source.",
        "b": "Tempting: all that the teacher has to say is in ŷ. But the second target says "
        "something too: do not learn the first one by heart.",
        "c": "27.84, in the paper's table: without dropout, both targets together beat either.",
    },
)

PREDICT_LARGE = Choice(
    "ch10-large",
    right="c",
    replies={
        "a": "Tempting: distilling helped each student so far. This one has nothing to be spared.",
        "b": "Tempting: it is the teacher's copy. But a copy of one sentence for each source "
        "knows less than the original.",
        "c": "30.38, a loss of 1.37 points; base+kd reaches 32.52, which is no loss.",
    },
)

PREDICT_BOTH = Choice(
    "ch10-both",
    right="c",
    replies={
        "a": "Tempting: ŷ wins wherever it stands. It wins the search; but half of the probability "
        "still lies on what references say.",
        "b": "Tempting: half of its targets are the same. But ŷ is one sentence, and its half "
        "makes it the likeliest at each step.",
        "c": "ŷ gets half of the probability on top of its own, so greedy search finds it. The "
        "references keep the other half.",
    },
)

_DROP = {"kd": 0.91, "base+kd": 0.95, "base+kd+bt": 1.08}
GAINS = Keyed(
    "ch10-gains",
    key={
        "no dropout": {"kd": 1.08, "base+kd": 2.47, "base+kd+bt": 3.01},
        "dropout": _DROP,
        "interaction": 1.52,
    },
    hint="A gain is a row minus the row of base, both of one column; the interaction is base+kd's "
    "gain without dropout minus its gain with dropout.",
    wrong=(
        Wrong("row-above", "those are steps from one row to the next; a gain here is over base.",
              {"no dropout": {"kd": 1.08, "base+kd": 1.39, "base+kd+bt": 0.54},
               "dropout": {"kd": 0.91, "base+kd": 0.04, "base+kd+bt": 0.13},
               "interaction": 1.35}),
        Wrong("other-column", "without dropout, the gain is over base without dropout: else two "
              "things differ at once.",
              {"no dropout": {"kd": -0.34, "base+kd": 1.05, "base+kd+bt": 1.59},
               "dropout": _DROP, "interaction": 0.1}),
        Wrong("sign", "your interaction has the other sign: it is what the gain without dropout "
              "has more than the gain with it.",
              {"no dropout": {"kd": 1.08, "base+kd": 2.47, "base+kd+bt": 3.01},
               "dropout": _DROP, "interaction": -1.52}),
    ),
)  # fmt: skip


def mix(
    base: list[Pair], other: list[Pair], batch: int, updates: int, rng: random.Random
) -> Batches:
    """`updates` batches of both files' pairs, shuffled together anew in each epoch."""
    batches: Batches = []
    while len(batches) < updates:
        epoch = rng.sample(base + other, len(base) + len(other))
        batches += _cut(epoch, batch)
    return batches[:updates]


def _cut(pairs: Sequence[Pair], batch: int) -> Batches:
    return [list(pairs[start : start + batch]) for start in range(0, len(pairs), batch)]


def _equal_epochs(
    base: list[Pair], other: list[Pair], batch: int, updates: int, rng: random.Random
) -> Batches:
    return mix(base, other, batch, 2 * updates, rng)


def _one_file_after_the_other(
    base: list[Pair], other: list[Pair], batch: int, updates: int, rng: random.Random
) -> Batches:
    batches: Batches = []
    while len(batches) < updates:
        for part in (base, other):
            batches += _cut(rng.sample(part, len(part)), batch)
    return batches[:updates]


def _shuffled_once(
    base: list[Pair], other: list[Pair], batch: int, updates: int, rng: random.Random
) -> Batches:
    epoch = _cut(rng.sample(base + other, len(base) + len(other)), batch)
    return [epoch[update % len(epoch)] for update in range(updates)]


def _with_replacement(
    base: list[Pair], other: list[Pair], batch: int, updates: int, rng: random.Random
) -> Batches:
    return [rng.sample(base + other, batch) for _ in range(updates)]


def _seen(function: Mix) -> Callable[..., dict]:
    """The function as `judge` compares it: by what every right mixture has, whatever its order."""

    def run(
        base: list[Pair], other: list[Pair], batch: int, updates: int, rng: random.Random
    ) -> dict:
        pairs = base + other
        made = function(list(base), list(other), batch, updates, rng)  # it may change its lists
        batches = [list(map(tuple, each)) for each in made]
        flat = [pair for each in batches for pair in each]
        times = [flat.count(pair) for pair in pairs]
        mixed = [0 < sum(pair in base for pair in each) < len(each) for each in batches]
        epoch = len(pairs) // batch
        return {
            "updates": len(batches),
            "batch sizes": sorted({len(each) for each in batches}),
            "pairs equally often": max(times) - min(times) <= 1 and len(flat) == sum(times),
            "both kinds in most batches": sum(mixed) > len(batches) / 2,
            "epochs in other order": batches[:epoch] != batches[epoch : 2 * epoch],
        }

    return run


def _draw(rng: random.Random) -> Case:
    batch = rng.choice([6, 8, 10])
    sources = [f"s{i}" for i in range(batch * rng.randint(2, 3))]
    base = [(s, f"y of {s}") for s in sources]
    other = [(s, f"ŷ of {s}") for s in sources]
    epoch = 2 * len(sources) // batch
    return base, other, batch, rng.randint(2 * epoch, 4 * epoch), random.Random(rng.random())


MIX = Function(
    "ch10-mix",
    seen=_seen,
    reference=mix,
    draw=_draw,
    wrong=(
        Wrong("equal-epochs", "there are twice as many batches as updates: twice the pairs at "
              "equal epochs is twice the training. Stop at `updates`.", _equal_epochs),
        Wrong("blocks", "most batches hold pairs of one file only; shuffle both files together.",
              _one_file_after_the_other),
        Wrong("shuffled-once", "each epoch has the same order; shuffle anew when one is used up.",
              _shuffled_once),
        Wrong("replacement", "some pairs come far more often than others; go through a shuffled "
              "epoch in place of drawing each batch from all pairs.", _with_replacement),
    ),
)  # fmt: skip

DATA_SETS = Keyed(
    "ch10-data-sets",
    key={
        "kd": "b", "base+kd": "ab", "base+kd+bt": "abd", "base+best-2": "abc",
        "base+reference": "ae",
    },
    hint="The name lists the parts; each letter once, in the order of the alphabet.",
    wrong=(
        Wrong("both-sides", "back-translation keeps the human target: a reverse model writes the "
              "source ŝ alone.",
              {"kd": "b", "base+kd": "ab", "base+kd+bt": "abf", "base+best-2": "abc",
               "base+reference": "ae"}),
        Wrong("second-best-alone", "best-2 has the teacher's best and its second, beside base.",
              {"kd": "b", "base+kd": "ab", "base+kd+bt": "abd", "base+best-2": "ac",
               "base+reference": "ae"}),
        Wrong("kd-with-base", "kd alone has no human target in it.",
              {"kd": "ab", "base+kd": "ab", "base+kd+bt": "abd", "base+best-2": "abc",
               "base+reference": "ae"}),
    ),
)  # fmt: skip

TWO_BY_TWO = Text(
    "ch10-two-by-two",
    must=(
        ("the interaction", r"interact|difference of (the )?differences"),
        ("an interval", r"interval|\[.+\]|±"),
        ("the seeds", r"seed"),
        ("equal updates", r"updates"),
        ("a number", r"\d"),
    ),
    rubric="Full: the interaction with its interval over seeds, at equal updates, and what that "
    "interval leaves open. Half: four scores, without the difference of differences. None: "
    "'base+kd is better' from one pair.",
)

EXERCISES = (
    PREDICT_SMALL, PREDICT_LARGE, PREDICT_BOTH, GAINS, MIX, DATA_SETS, TWO_BY_TWO,
)  # fmt: skip
