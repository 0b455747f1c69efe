"""H1: does Seq-KD help because its targets are simpler and cleaner?

Asked of what search leaves (see `search`). Two more effects hide in one gain, and each has its own
arms: fewer updates needed (every arm also with four times the updates) and noise (corrupted pairs).
"""

from kdlab.experiments.suites.claims import Claim, Share, gain_share
from kdlab.experiments.suites.decomposition import ALL_IN_ONE, NOISY, SIMPLE, decomposed
from kdlab.experiments.suites.measures import MEASURES, Measure
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import (
    alphabetical,
    base_and_kd,
    canonical,
    dropped,
    fresh,
    gold,
    repaired,
    seq_kd,
)

TARGETS = {"baseline": gold, "seq_kd": seq_kd, "canonical": canonical, "base_and_kd": base_and_kd}
SMALL = (("width", 16),)
# A width that h2 has too, where base+kd is held against kd in both.
WIDE = (("width", 48),)

ARMS = (
    *(Arm(name, targets=targets) for name, targets in TARGETS.items()),
    Arm("fresh", targets=fresh),
    Arm("alphabet", targets=alphabetical),
    *(Arm(f"{name}_longer", targets=targets, updates=4) for name, targets in TARGETS.items()),
    *(Arm(f"{name}_small", targets=targets, model=SMALL) for name, targets in TARGETS.items()),
    *(
        Arm(f"{name}_small_longer", targets=targets, updates=4, model=SMALL)
        for name, targets in TARGETS.items()
    ),
    *(Arm(f"{name}_w48", targets=targets, model=WIDE) for name, targets in TARGETS.items()),
    Arm("teacher_noise20", teacher=None, size="teacher", noise=0.2),
    *(
        Arm(f"{name}_noise20", targets=targets, teacher="teacher_noise20", noise=0.2)
        for name, targets in {**TARGETS, "dropped": dropped, "repaired": repaired}.items()
    ),
    Arm("teacher_clear", teacher=None, size="teacher", ambiguity=0.5),
    *(
        Arm(f"{name}_clear", targets=targets, teacher="teacher_clear", ambiguity=0.5)
        for name, targets in TARGETS.items()
    ),
    Arm("teacher_uncoupled", teacher=None, size="teacher", coupling=0.0),
    *(
        Arm(f"{name}_uncoupled", targets=targets, teacher="teacher_uncoupled", coupling=0.0)
        for name, targets in TARGETS.items()
    ),
)
ALL = tuple(arm.system for arm in ARMS)
CONDITIONS = (
    "", "_longer", "_small", "_small_longer", "_w48", "_noise20", "_clear", "_uncoupled",
)  # fmt: skip
# How the gain is taken apart: time is what four times the updates leave of each part.
CHAINS = {end: SIMPLE for end in CONDITIONS} | {"": ALL_IN_ONE, "_noise20": NOISY}


def gain(measure: Measure, condition: str, name: str) -> Share:
    """The gain of Seq-KD is larger under a condition than without it."""
    return Share(
        f"H1 gain{condition}{measure.name}", f"Seq-KD gains more {name} than without",
        measure.metric, "difference of two gains",
        ((f"seq_kd{condition}", 1.0), (f"baseline{condition}", -1.0),
         ("seq_kd", -1.0), ("baseline", 1.0)),
    )  # fmt: skip


def share(measure: Measure, name: str, text: str, part: str, end: str, margin: float) -> Share:
    """A control's share of the gain of Seq-KD."""
    systems = (part + end, f"seq_kd{end}", f"baseline{end}")
    return gain_share(f"{name}{measure.name}", text, systems, margin, measure.metric)


# .7: an explanation that leaves more than a third of a gain unexplained is not the explanation; of
# this teacher's outputs about three in four are the true mode, so its student cannot be asked for
# more. .3: a part that one would notice, and the least that three pairs can tell from nought.
def claims(measure: Measure) -> tuple[Claim | Share, ...]:
    """All that H1 says, by one measure."""
    of, name = measure.metric, measure.name
    return (
        share(measure, "H1 canonical", "The true mode gives 70 % of the gain or more",
              "canonical", "", 0.7),
        share(measure, "H1 alphabet", "Simple, not likely targets give 30 % of the gain or more",
              "alphabet", "", 0.3),
        Claim(f"H1 base+kd, small{name}", "Smallest student: base+kd is below kd", of,
              "base_and_kd_small", "seq_kd_small", below=True),
        share(measure, "H1 fresh", "Fresh true references give 30 % of the gain or more",
              "fresh", "", 0.3),
        share(measure, "H1 dropped", "Noise .2: dropping it gives 70 % of the gain or more",
              "dropped", "_noise20", 0.7),
        share(measure, "H1 repaired", "Noise .2: repairing it gives 70 % of the gain or more",
              "repaired", "_noise20", 0.7),
        *(
            share(measure, f"H1 canonical{end}", f"True mode, {text}: 70 % too", "canonical", end,
                  0.7)
            for end, text in (("_longer", "four times the updates"), ("_clear", "less ambiguous"),
                              ("_uncoupled", "no coupling"))
        ),
        *(
            Claim(f"H1 base+kd{end}{name}", f"base+kd is below kd, {text}", of,
                  f"base_and_kd{end}", f"seq_kd{end}", below=True)
            for end, text in (("", "width 24"), ("_w48", "width 48"),
                              ("_small_longer", "smallest, four times the updates"))
        ),
        *(
            gain(measure, end, text)
            for end, text in (("_small", "with a width of 16"), ("_w48", "with a width of 48"),
                              ("_noise20", "with noise of .2"),
                              ("_longer", "with four times the updates"))
        ),
    )  # fmt: skip


H1 = Suite(
    name="h1",
    question="Does Seq-KD help because its targets are simpler and cleaner?",
    arms={arm.system: arm for arm in ARMS},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", tuple(TARGETS), seeds=(1,)),
        ("minitalks", "standard"): Plan(
            "standard", "standard", ALL, seeds=(1, 2, 3)
        ),
    },
    pairs=(
        *((f"seq_kd{c}", f"baseline{c}") for c in CONDITIONS),
        ("canonical", "seq_kd"), ("base_and_kd", "seq_kd"), ("fresh", "baseline"),
        ("alphabet", "baseline"), ("alphabet", "canonical"),
        *((f"base_and_kd{c}", f"seq_kd{c}") for c in CONDITIONS[1:]),
        ("canonical_longer", "seq_kd_longer"),
        ("dropped_noise20", "seq_kd_noise20"), ("repaired_noise20", "seq_kd_noise20"),
    ),
    claims=(
        *(claim for measure in MEASURES for claim in claims(measure)),
        *(part for end, chain in CHAINS.items() for part in decomposed(end, chain)),
    ),
    # Simple and right is enough, simple alone is a part of it, and to say the same in two ways
    # takes from the smallest student.
    rule=("H1 canonical", "H1 alphabet", "H1 base+kd, small"),
    ruled="2026-12-01, before the first run of three teachers; before, by greedy BLEU, see git",
    also=("inside",),
)  # fmt: skip
