"""Chapter 1: what a student can be trained on, and how to read a claim."""

from kdlab.checks.kinds import Choice, Keyed, Text, Wrong

WHO_WINS = Choice(
    "ch01-who-wins",
    right="b",
    replies={
        "a": "Tempting: B sees errors and A does not. But y is one of many right sentences, drawn "
        "at random, and a small model spends itself on all of them.",
        "b": "B says better sentences; A gives the references more probability. The two measures "
        "ask different questions.",
        "c": "Tempting: a better model should win everywhere. Perplexity asks for probability on "
        "sentences that B was never shown.",
        "d": "Tempting, if perplexity measures translation. It measures surprise at one reference.",
    },
)

NAME_THE_DATA = Keyed(
    "ch01-name-the-data",
    key={"1": "y", "2": "q", "3": "ŷ", "4": "ŷ", "5": "y", "6": "q"},
    hint="Ask of each statement: who wrote it, and is it a sentence or a distribution?",
    wrong=(
        Wrong(
            "files-of-q",
            "a teacher's sentences fit in a text file; its distributions do not.",
            {"1": "y", "2": "ŷ", "3": "q", "4": "ŷ", "5": "y", "6": "q"},
        ),
    ),
)

BASELINES = Keyed(
    "ch01-baselines",
    key={"greedy": 14.7, "beam 5": 17.6},
    hint="Each gain is over the student of the same size, at the same search.",
    tolerance=0.05,
    wrong=(
        Wrong(
            "added",
            "that is above the distilled student: a gain is what was added, so take it off.",
            {"greedy": 23.1, "beam 5": 21.0},
        ),
        Wrong(
            "crossed",
            "each gain belongs to one search: +4.2 to greedy, +1.7 to beam 5.",
            {"greedy": 17.2, "beam 5": 15.1},
        ),
        Wrong(
            "per-cent",
            "gains are in BLEU points, not in per cent of the baseline.",
            {"greedy": 18.1, "beam 5": 19.0},
        ),
    ),
)

CLAIM = Text(
    "ch01-claim",
    must=(
        ("the seeds", r"\bseeds?\b"),
        ("an interval", r"interval|\[|±|\bto\b|between"),
        ("the search", r"greedy|beam"),
    ),
    rubric="Full: says what was compared with what, on which data, and does not say more than the "
    "interval allows. Half: one of these is missing. None: a number alone.",
)

EXERCISES = (WHO_WINS, NAME_THE_DATA, BASELINES, CLAIM)
