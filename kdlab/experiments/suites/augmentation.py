"""H2: does Seq-KD help because a second target for each source regularises?

On few pairs that students see many times, so that there is something to regularise: minitalks tiny,
6,000 pairs, twice the updates of `tiny`. Equal updates in all arms: twice the pairs, half the
epochs. On real text the preset's own student.
"""

from kdlab.experiments.suites.claims import Claim, Share, gain_share
from kdlab.experiments.suites.measures import MEASURES, Measure
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import (
    base_and_base,
    base_and_best_2,
    base_and_kd,
    base_and_reference,
    base_kd_and_bt,
    gold,
    seq_kd,
)

THREE = {"baseline": gold, "seq_kd": seq_kd, "base_and_kd": base_and_kd}
WIDTH = (("width", 48),)
LARGE = (("encoder_layers", 2), ("decoder_layers", 2), ("width", 96))


CONTROLS = {
    "base_and_base": base_and_base, "base_and_reference": base_and_reference,
    "base_and_best_2": base_and_best_2, "base_kd_and_bt": base_kd_and_bt,
}  # fmt: skip


def arm(name: str, targets: object, model: tuple, dropout: float) -> Arm:
    """A student with twice the updates and this dropout."""
    return Arm(name, targets=targets, updates=2, model=(*model, ("dropout", dropout)))


ARMS = (
    *(
        arm(f"{name}{drop}", targets, WIDTH, dropout)
        for drop, dropout in (("", 0.0), ("_drop10", 0.1), ("_drop30", 0.3))
        for name, targets in (THREE if dropout else THREE | CONTROLS).items()
    ),
    arm("base_and_reference_drop30", base_and_reference, WIDTH, 0.3),
    *(arm(f"{name}_large", targets, LARGE, 0.0) for name, targets in THREE.items()),
    *(arm(f"{name}_large_drop20", targets, LARGE, 0.2) for name, targets in THREE.items()),
)
ALL = tuple(arm.system for arm in ARMS)
CONDITIONS = ("", "_drop10", "_drop30", "_large", "_large_drop20", "_plain")
REAL = ("baseline", "seq_kd", "base_and_kd", "base_and_base", "base_and_best_2")


def claims(measure: Measure) -> tuple[Claim | Share, ...]:
    """All that H2 says, by one measure."""
    of, name, step = measure.metric, measure.name, measure.step
    return (
        Claim(f"E2.1{name}", "Dropout 0: base+kd exceeds kd by a step", of,
              "base_and_kd", "seq_kd", margin=step),
        Claim(f"E2.1b{name}", "Dropout 0: kd exceeds gold", of, "seq_kd", "baseline"),
        Claim(f"E2.2{name}", "Dropout .1: base+kd exceeds kd by less than .4 of a step", of,
              "base_and_kd_drop10", "seq_kd_drop10", margin=0.4 * step, below=True),
        Share(f"H2 dropout{name}", "Dropout takes from what base+kd adds to gold", of,
              "gain at 0 - gain at .3",
              (("base_and_kd", 1.0), ("baseline", -1.0),
               ("base_and_kd_drop30", -1.0), ("baseline_drop30", 1.0)),
              needs=("base_and_kd", "baseline")),
        gain_share(f"H2 reference{name}", "A second true reference gives 70 % of base+kd's gain",
                   ("base_and_reference", "base_and_kd", "baseline"), 0.7, of),
        gain_share(f"H2 base+base{name}", "The same pairs twice give 30 % of it or more",
                   ("base_and_base", "base_and_kd", "baseline"), 0.3, of),
        gain_share(f"H2 share{name}", "A second true reference: 30 % of Seq-KD's gain or more",
                   ("base_and_reference", "seq_kd", "baseline"), 0.3, of),
        Share(f"H2 share left{name}", "At dropout .3 half of Seq-KD's gain is left, or less",
              of, "gain at .3 / gain at 0",
              (("seq_kd_drop30", 1.0), ("baseline_drop30", -1.0)),
              (("seq_kd", 1.0), ("baseline", -1.0)), 0.5, below=True),
        Claim(f"E2.3{name}", "Teacher-sized: kd is below gold", of,
              "seq_kd_large_drop20", "baseline_large_drop20", below=True),
        Claim(f"E2.3b{name}", "Teacher-sized: base+kd is not below gold", of,
              "base_and_kd_large_drop20", "baseline_large_drop20"),
        Share(f"H2 reference, dropout{name}", "Dropout takes from what a second reference adds",
              of, "gain at 0 - gain at .3",
              (("base_and_reference", 1.0), ("baseline", -1.0),
               ("base_and_reference_drop30", -1.0), ("baseline_drop30", 1.0)),
              needs=("base_and_reference", "baseline")),
        Claim(f"E2.1 real{name}", "Real text: base+kd exceeds kd by a step", of,
              "base_and_kd_plain", "seq_kd_plain", margin=step),
    )  # fmt: skip


H2 = Suite(
    name="h2",
    question="Does Seq-KD help because a second target for each source regularises?",
    arms={arm.system: arm for arm in ARMS}
    | {f"{name}_plain": Arm(f"{name}_plain", targets=targets) for name, targets in THREE.items()}
    | {
        "base_and_base_plain": Arm("base_and_base_plain", targets=base_and_base),
        "base_and_best_2_plain": Arm("base_and_best_2_plain", targets=base_and_best_2),
    },
    plans={
        ("minitalks", "quick"): Plan(
            "tiny", "tiny", ("baseline", "seq_kd", "base_and_kd"), seeds=(1,)
        ),
        ("minitalks", "standard"): Plan("tiny", "tiny", ALL, seeds=(1, 2, 3)),
        ("real", "standard"): Plan(
            "standard", "real-small", tuple(f"{name}_plain" for name in REAL), seeds=(1, 2, 3)
        ),
    },
    pairs=(
        *((f"seq_kd{c}", f"baseline{c}") for c in CONDITIONS),
        *((f"base_and_kd{c}", f"seq_kd{c}") for c in CONDITIONS),
        *(("base_and_reference", other) for other in ("base_and_kd", "seq_kd", "baseline")),
        ("base_and_base", "baseline"),
        ("base_and_best_2", "base_and_kd"), ("base_kd_and_bt", "base_and_kd"),
        ("base_and_base_plain", "baseline_plain"), ("base_and_best_2_plain", "base_and_kd_plain"),
    ),
    claims=tuple(claim for measure in MEASURES for claim in claims(measure)),
    # Both targets beat one by a step without dropout, hardly with it, and two true ones do as well.
    rule=("E2.1", "E2.2", "H2 reference"),
    ruled="2026-12-01, before the first run of three teachers; before, by greedy BLEU, see git",
    also=("inside",),
)  # fmt: skip
