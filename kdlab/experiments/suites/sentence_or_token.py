"""Should a student learn words or sentences? By size, by noise, by decoding, and with a gate."""

from kdlab.experiments.suites.claims import Claim, Share
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import seq_kd
from kdlab.losses.word_kd import WordKD
from kdlab.objectives.hybrid import Hybrid

TOKEN = WordKD(alpha=1.0)
CONDITIONS = {
    "": {},
    "_w16": {"model": (("width", 16),)},
    "_w48": {"model": (("width", 48),)},
    "_noise20": {"noise": 0.2, "teacher": "teacher_noise20"},
    "_noise40": {"noise": 0.4, "teacher": "teacher_noise40"},
}
SHARES = (0.25, 0.5, 0.75)

ARMS = (
    *(Arm(f"token{name}", loss=TOKEN, **how) for name, how in CONDITIONS.items()),
    *(Arm(f"sentence{name}", targets=seq_kd, **how) for name, how in CONDITIONS.items()),
    *(Arm(f"fixed_{round(100 * g)}", loss=Hybrid("fixed", g=g)) for g in (0.0, *SHARES, 1.0)),
    Arm("random_gate", loss=Hybrid("random")),
    Arm("hybrid", loss=Hybrid("free")),
)
TEACHERS = tuple(
    Arm(f"teacher_noise{round(100 * noise)}", teacher=None, size="teacher", noise=noise)
    for noise in (0.2, 0.4)
)
STUDENTS = tuple(arm.system for arm in ARMS)


def flips(condition: str, metric: str = "bleu_greedy", name: str = "") -> Share:
    """token - sentence is lower in this condition than without it."""
    return Share(
        f"E8.1{condition}{name}", "Sentences gain on words here", metric,
        "(token - sentence) here - without",
        ((f"token{condition}", 1.0), (f"sentence{condition}", -1.0),
         ("token", -1.0), ("sentence", 1.0)), below=True,
    )  # fmt: skip


SENTENCE_OR_TOKEN = Suite(
    name="sentence-or-token",
    question="When should a student learn words, when sentences, and does a gate know?",
    arms={arm.system: arm for arm in (*ARMS, *TEACHERS)},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", ("token", "sentence", "hybrid"), seeds=(1,)),
        ("minitalks", "standard"): Plan(
            "standard", "standard", (*(arm.system for arm in TEACHERS), *STUDENTS), (1, 2, 3)
        ),
    },
    pairs=(
        *((f"token{c}", f"sentence{c}") for c in CONDITIONS),
        *(("hybrid", f"fixed_{round(100 * g)}") for g in (0.0, *SHARES, 1.0)),
        ("hybrid", "random_gate"),
    ),
    claims=(
        *(flips(c) for c in CONDITIONS if c),
        # Added while the suite ran, before its scores were seen: greedy search favours sentences.
        *(flips(c, "bleu_beam5", ", beam 5") for c in CONDITIONS if c),
        # These two when the means had been seen.
        Claim("E8.2", "Asked for gold's next piece, words are better", "ppl", "token", "sentence",
              below=True),
        Claim("E8.2b", "Asked to write greedily, sentences are", "bleu_greedy", "sentence",
              "token"),
        Claim("E8.3", "The gate is no worse than g = .5 by .2", "bleu_greedy",
              "hybrid", "fixed_50", margin=-0.2),
        Claim("E8.3b", "The gate beats a random one", "bleu_greedy", "hybrid", "random_gate"),
    ),
)  # fmt: skip
