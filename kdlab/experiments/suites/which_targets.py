"""Which of a teacher's translations should a student learn from? Length, and what it has seen."""

from kdlab.experiments.suites.claims import Claim
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import seq_kd, seq_kd_cross_fitted, seq_kd_gnmt

ARMS = (
    Arm("baseline"),
    Arm("seq_kd", targets=seq_kd),
    Arm("seq_kd_gnmt", targets=seq_kd_gnmt),
    Arm("seq_kd_cross_fitted", targets=seq_kd_cross_fitted),
)
ALL = tuple(arm.system for arm in ARMS)

TARGETS = Suite(
    name="targets",
    question="Which of its teacher's translations should a student learn from?",
    arms={arm.system: arm for arm in ARMS},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", ALL, seeds=(1, 2, 3)),
        ("real", "standard"): Plan("standard", "real-small", ALL, seeds=(1, 2, 3)),
    },
    pairs=tuple((system, "seq_kd") for system in ALL[2:])
    + tuple((system, "baseline") for system in ALL[1:]),
    claims=(
        Claim(
            "T1", "A length rule in distilling gains greedy BLEU", "bleu_greedy", "seq_kd_gnmt",
            "seq_kd",
        ),
        Claim(
            "T2", "Teachers that never saw the pair gain greedy BLEU", "bleu_greedy",
            "seq_kd_cross_fitted", "seq_kd",
        ),
    ),
)  # fmt: skip
