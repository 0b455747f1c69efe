"""The core suite: one teacher, and the four students that chapters 1 to 6 talk about."""

from kdlab.experiments.suites.claims import Claim
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import sampled, seq_kd
from kdlab.losses.word_kd import WordKD

ARMS = (
    Arm("baseline"),
    Arm("word_kd", loss=WordKD(alpha=0.5)),
    Arm("seq_kd", targets=seq_kd),
    Arm("seq_kd_word_kd", targets=seq_kd, loss=WordKD(alpha=0.5)),
    Arm("sampled", targets=sampled),
    Arm("baseline_longer", updates=2),
    Arm("seq_kd_longer", targets=seq_kd, updates=2),
)
FOUR = tuple(arm.system for arm in ARMS[:4])
ALL = tuple(arm.system for arm in ARMS)

# Expectations at small scale; thresholds from Kim & Rush's tables, not from runs of ours.
CLAIMS = (
    Claim(
        "E1.1", "Seq-KD: 3 times the mode mass or more", "mode_mass",
        "seq_kd", "baseline", factor=3,
    ),
    Claim(
        "E1.2", "Seq-KD: half the search gap or less", "beam_gap",
        "seq_kd", "baseline", factor=0.5, below=True,
    ),
    Claim(
        "E1.2w", "Word-KD: more than half of that gap stays", "beam_gap", "word_kd", "baseline",
        factor=0.5,
    ),
    Claim(
        "E1.3", "Seq-KD: higher perplexity of the references", "ppl", "seq_kd", "baseline"
    ),
    Claim("E1.3b", "Seq-KD: and yet higher greedy BLEU", "bleu_greedy", "seq_kd", "baseline"),
)  # fmt: skip

CORE = Suite(
    name="core",
    question="Does a small model translate better when it learns from a teacher than from gold?",
    arms={arm.system: arm for arm in ARMS},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", FOUR, seeds=(1, 2, 3)),
        ("minitalks", "standard"): Plan("standard", "standard", ALL, seeds=(1, 2, 3)),
        ("real", "quick"): Plan("standard", "real-quick", ("baseline", "seq_kd"), seeds=(1, 2, 3)),
        ("real", "standard"): Plan("standard", "real-small", ALL, seeds=(1, 2, 3)),
        ("iwslt15", "colab"): Plan("standard", "colab", FOUR, seeds=(1, 2, 3)),
        ("iwslt15", "paper"): Plan(
            "standard", "paper", FOUR, seeds=(1, 2, 3), pieces=25_000
        ),
    },
    pairs=(
        ("word_kd", "baseline"), ("seq_kd", "baseline"), ("seq_kd_word_kd", "baseline"),
        ("seq_kd", "word_kd"), ("seq_kd_word_kd", "seq_kd"), ("seq_kd_longer", "baseline_longer"),
        ("baseline_longer", "baseline"), ("seq_kd", "teacher"), ("sampled", "baseline"),
        ("seq_kd", "sampled"),
    ),
    claims=CLAIMS,
)  # fmt: skip
