"""Does a better teacher make a better student?

The best teacher that a few teachers make is their ensemble. It is one for all seeds, so an interval
here holds what other students would change, and not what three other teachers would.
"""

from kdlab.experiments.suites.claims import Claim
from kdlab.experiments.suites.measures import DECIDING, WITHOUT_TRUTH
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import seq_kd
from kdlab.losses import WordKD

# Half of each is the book's usual mixture; without gold is what did best in a trial on real text.
KINDS = {
    "seq_kd": {"targets": seq_kd}, "word_kd": {"loss": WordKD(alpha=0.5)},
    "word_kd_pure": {"loss": WordKD(alpha=1.0)},
}  # fmt: skip

ARMS = (
    Arm("baseline"),
    *(Arm(name, **kind) for name, kind in KINDS.items()),
    Arm("ensemble", teacher=None, size="teacher", averages="teacher"),
    *(Arm(f"{name}_ensemble", teacher="ensemble", **kind) for name, kind in KINDS.items()),
)
ALL = tuple(arm.system for arm in ARMS)
ONCE = ("ensemble",)

ENSEMBLE = Suite(
    name="ensemble",
    question="Does a better teacher make a better student?",
    arms={arm.system: arm for arm in ARMS},
    plans={
        ("minitalks", "quick"): Plan(
            "tiny", "tiny", ("seq_kd", "ensemble", "seq_kd_ensemble"), seeds=(1, 2), once=ONCE
        ),
        ("minitalks", "standard"): Plan(
            "standard", "standard", ALL, seeds=(1, 2, 3), once=ONCE
        ),
        ("real", "standard"): Plan(
            "standard", "real-small", ALL, seeds=(1, 2, 3), once=ONCE
        ),
    },
    pairs=(
        ("ensemble", "teacher"),
        *((f"{name}_ensemble", name) for name in KINDS),
        *((name, "baseline") for name in ALL[1:] if name != "ensemble"),
    ),
    # A step is the difference that is worth having, see `measures`. Were a student to take over a
    # third of what its teacher gained, one would train three teachers for it.
    claims=tuple(
        claim
        for measure in (DECIDING, WITHOUT_TRUTH)
        for claim in (
            Claim(f"ensemble{measure.name}", "The ensemble exceeds its members by a step",
                  measure.metric, "ensemble", "teacher", margin=measure.step),
            *(
                Claim(f"{name} of it{measure.name}", "Its student exceeds one teacher's",
                      measure.metric, f"{name}_ensemble", name)
                for name in KINDS
            ),
        )
    ),
    ruled="2026-12-01, before the first run",
)  # fmt: skip
