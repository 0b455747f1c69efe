"""The core suite: one teacher, and the four students that chapters 1 to 6 talk about."""

from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.losses import WordKD

ARMS = (
    Arm("baseline"),
    Arm("word_kd", loss=WordKD(alpha=0.5)),
    Arm("seq_kd", targets="seq_kd"),
    Arm("seq_kd_word_kd", targets="seq_kd", loss=WordKD(alpha=0.5)),
)
ALL = tuple(arm.system for arm in ARMS)

CORE = Suite(
    name="core",
    question="Does a small model translate better when it learns from a teacher than from gold?",
    arms={arm.system: arm for arm in ARMS},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", ALL, seeds=(1, 2, 3)),
        ("minitalks", "standard"): Plan("standard", "standard", ALL, seeds=(1, 2, 3)),
        ("real", "quick"): Plan("standard", "real-quick", ("baseline", "seq_kd"), seeds=(1,)),
        ("real", "standard"): Plan("standard", "real-quick", ALL, seeds=(1, 2, 3)),
    },
)
