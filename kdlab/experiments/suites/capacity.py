"""Does a smaller student gain more from its teacher, at equal updates and at four times as many?"""

from kdlab.experiments.suites.claims import Share
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import gold, seq_kd
from kdlab.losses.word_kd import WordKD

WIDTHS = (16, 24, 32, 48)
KINDS = {"baseline": (gold, None), "word_kd": (gold, WordKD(alpha=0.5)), "seq_kd": (seq_kd, None)}

LENGTHS = {"": 1, "_longer": 4}  # end of an arm's name: its updates
STUDENTS = tuple(
    Arm(
        f"{kind}_w{width}{end}",
        targets=targets,
        loss=loss,
        model=(("width", width),),
        updates=updates,
    )
    for end, updates in LENGTHS.items()
    for width in WIDTHS
    for kind, (targets, loss) in KINDS.items()
    if not end or kind != "word_kd"
)
TEACHERS = tuple(
    Arm(f"teacher_w{width}", teacher=None, size="teacher", model=(("width", width),))
    for width in (48, 144)
)
OF_TEACHERS = tuple(
    Arm(f"seq_kd_of_{teacher.system}", targets=seq_kd, teacher=teacher.system)
    for teacher in TEACHERS
)


def more(suffix: str, name: str, metric: str = "bleu_greedy") -> Share:
    """The smallest student's gain against the largest's."""
    small, large = f"_w{WIDTHS[0]}{suffix}", f"_w{WIDTHS[-1]}{suffix}"
    return Share(
        name, f"Width {WIDTHS[0]} gains more than width {WIDTHS[-1]}", metric,
        "difference of two gains",
        ((f"seq_kd{small}", 1.0), (f"baseline{small}", -1.0),
         (f"seq_kd{large}", -1.0), (f"baseline{large}", 1.0)),
    )  # fmt: skip


CAPACITY = Suite(
    name="capacity",
    question="Does a smaller student gain more from its teacher?",
    arms={arm.system: arm for arm in (*STUDENTS, *TEACHERS, *OF_TEACHERS)},
    plans={
        ("minitalks", "quick"): Plan(
            "tiny", "tiny", ("baseline_w16", "seq_kd_w16", "baseline_w48", "seq_kd_w48"), seeds=(1,)
        ),
        ("minitalks", "standard"): Plan(
            "standard", "standard",
            tuple(arm.system for arm in (*STUDENTS, *TEACHERS, *OF_TEACHERS)), seeds=(1, 2, 3),
        ),
    },
    pairs=tuple(
        (arm.system, arm.system.replace("seq_kd", "baseline"))
        for arm in STUDENTS
        if arm.system.startswith("seq_kd")
    ),
    claims=(
        more("", "E8.0 equal updates"), more("_longer", "E8.0 four times"),
        *(
            more(suffix, f"E8.0 {when}, {name}", metric)
            for suffix, when in (("", "equal updates"), ("_longer", "four times"))
            for name, metric in (("beam 5", "bleu_beam5"), ("valid", "valid_rate_greedy"))
        ),
    ),
    also=("inside",),
)  # fmt: skip
