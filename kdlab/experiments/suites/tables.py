"""Kim & Rush's tables 1 to 3, row by row, on our corpora."""

from kdlab.experiments.suites.claims import Claim, Share
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import Targets, gold, seq_inter, seq_inter_3, seq_kd
from kdlab.losses.nll import NLL
from kdlab.losses.word_kd import WordKD
from kdlab.objectives.keep_zeros import KeepZeros
from kdlab.objectives.layers import Layers

MIXED = WordKD(alpha=0.5)
TOP_STATES = Layers(((-1,),), "decoder", alpha=0.0, beta=1.0, normalised=False)


def tuned(name: str, start: str, loss: object | None = None, targets: Targets = seq_inter) -> Arm:
    """A quarter of the updates more, slower; the paper's rate .1 is a tenth of its own."""
    return Arm(name, targets=targets, loss=loss, start=start, updates=0.25, rate=0.1)


# As in the paper, Seq-Inter comes after a whole training; `_more` are the controls for its updates.
ROWS = (
    Arm("baseline"),
    Arm("word_kd", loss=MIXED),
    Arm("seq_kd", targets=seq_kd),
    tuned("baseline_seq_inter", "baseline"),
    tuned("word_kd_seq_inter", "word_kd", MIXED),
    tuned("seq_kd_seq_inter", "seq_kd"),
    Arm("seq_kd_word_kd", targets=seq_kd, loss=MIXED),
    tuned("all_three", "seq_kd", MIXED),
    tuned("baseline_more", "baseline", targets=gold),
    tuned("seq_kd_more", "seq_kd", targets=seq_kd),
    Arm("hidden", loss=TOP_STATES, updates=0.25),
    Arm("hidden_then_gold", start="hidden", updates=0.75),
)
# Minitalks' sentences are short: of 35 hypotheses the one nearest to y is y for 998 in 1000, and so
# Seq-Inter is gold. Of 3 it is y for 561. Added when the first run had shown it.
OF_FEW = (
    tuned("baseline_seq_inter_3", "baseline", targets=seq_inter_3),
    tuned("seq_kd_seq_inter_3", "seq_kd", targets=seq_inter_3),
)
STUDENTS = tuple(arm.system for arm in ROWS)
FEW = tuple(arm.system for arm in OF_FEW)
OF_TEACHER = tuple(
    Arm(f"teacher_{targets.__name__}", targets=targets, start="teacher", size="teacher",
        updates=0.25, rate=0.1)
    for targets in (seq_inter, seq_inter_3)
) + (Arm("teacher_more", start="teacher", size="teacher", updates=0.25, rate=0.1),)  # fmt: skip
TEACHERS = tuple(arm.system for arm in OF_TEACHER)
OF_35 = ("teacher_seq_inter", "teacher_more")

TABLE1 = Suite(
    name="table1",
    question="What do word-level, sequence-level and interpolated distillation add to each other?",
    arms={arm.system: arm for arm in (*ROWS, *OF_FEW, *OF_TEACHER)},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", STUDENTS[:4], seeds=(1,)),
        ("minitalks", "standard"): Plan(
            "standard", "standard", (*STUDENTS, *FEW, *TEACHERS), seeds=(1, 2, 3)
        ),
        ("real", "standard"): Plan(
            "standard", "real-small", (*STUDENTS[:10], *OF_35), seeds=(1, 2, 3)
        ),
        **{
            ("iwslt15", size): Plan(
                "standard", size, (*STUDENTS[:10], *OF_35), seeds=(1, 2, 3), pieces=pieces
            )
            for size, pieces in (("colab", None), ("paper", 25_000))
        },
    },
    pairs=(
        *((system, "baseline") for system in STUDENTS[1:]),
        ("seq_kd_seq_inter", "seq_kd_more"), ("baseline_seq_inter", "baseline_more"),
        ("seq_kd_word_kd", "seq_kd"), ("all_three", "seq_kd"),
        *((system, "teacher") for system in TEACHERS),
        *((system, "teacher_more") for system in TEACHERS[:2]),
        ("baseline_seq_inter_3", "baseline_more"), ("seq_kd_seq_inter_3", "seq_kd_more"),
    ),
    # What fine-tuning adds is held against a row that went on for as long on its old targets. Until
    # their runs had been seen, "E1.1 between" said `baseline` here, and both of E1.4 `teacher`.
    claims=(
        Claim("E1.1 between", "Seq-Inter: more mode mass than a baseline that went on", "mode_mass",
              "baseline_seq_inter", "baseline_more"),
        Claim("E1.1 below", "Seq-Inter: less mode mass than Seq-KD", "mode_mass",
              "baseline_seq_inter", "seq_kd", below=True),
        Claim("E1.4", "Seq-Inter closes half of the search gap of a teacher that went on",
              "beam_gap", "teacher_seq_inter", "teacher_more", factor=0.5, below=True),
        Claim("E1.1 between, K = 3", "The same of the 3 best: more than who went on",
              "mode_mass", "baseline_seq_inter_3", "baseline_more"),
        Claim("E1.1 below, K = 3", "The same of the 3 best: less than Seq-KD", "mode_mass",
              "baseline_seq_inter_3", "seq_kd", below=True),
        Claim("E1.4, K = 3", "Of the 3 best: half of such a teacher's search gap closed",
              "beam_gap", "teacher_seq_inter_3", "teacher_more", factor=0.5, below=True),
        Share("Table 1", "All three: above Seq-KD alone", "bleu_greedy", "all_three - seq_kd",
              (("all_three", 1.0), ("seq_kd", -1.0))),
    ),
    also=("inside",),  # how often ỹ is y: if always, the fine-tuning is on gold
)  # fmt: skip

SIZES2 = (
    Arm("baseline"),
    Arm("seq_kd", targets=seq_kd),
    Arm("seq_kd_small", targets=seq_kd, model=(("width", 16),)),
)

TABLE2 = Suite(
    name="table2",
    question="How many source words a second does each size translate, greedily and by beam?",
    arms={arm.system: arm for arm in SIZES2},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", ("seq_kd",), seeds=(1,)),
        ("minitalks", "standard"): Plan(
            "standard", "standard", tuple(arm.system for arm in SIZES2), seeds=(1, 2, 3)
        ),
        ("real", "standard"): Plan("standard", "real-small", ("baseline", "seq_kd"), (1, 2, 3)),
    },
    pairs=(("seq_kd", "teacher"), ("seq_kd_small", "teacher")),
    also=("speed",),
)  # fmt: skip

SHARES = (50, 80, 90, 95)
# The paper prunes its best student, Seq-KD and then Seq-Inter. On minitalks Seq-Inter is gold and
# undoes Seq-KD, so the best is this one.
BEST = "seq_kd"
# One update at rate 0 leaves the weights as they are: pruned, and not trained again.
CUT = {"updates": 0, "rate": 0}
AGAIN = {"loss": KeepZeros(NLL()), "updates": 0.5, "rate": 0.2}
PRUNED = (
    *(arm for arm in ROWS if arm.system == BEST),
    # Trained again for as long, and not pruned: the control for `retrained`'s updates.
    Arm("seq_kd_again", targets=seq_kd, start=BEST, **(AGAIN | {"loss": None})),
    *(
        Arm(f"{name}_{share}", targets=seq_kd, start=BEST, prune=share / 100, **how)
        for name, how in (("pruned", CUT), ("retrained", AGAIN))
        for share in SHARES
    ),
    *(
        Arm(f"{name}_even_{share}", targets=seq_kd, start=BEST, prune=share / 100,
            scope="uniform", **how)
        for name, how, share in (("pruned", CUT, 50), ("retrained", AGAIN, 80))
    ),
)  # fmt: skip

TABLE3 = Suite(
    name="table3",
    question="How many weights of a distilled student are needed?",
    arms={arm.system: arm for arm in PRUNED},
    plans={
        ("minitalks", "quick"): Plan(
            "tiny", "tiny", (BEST, "pruned_80", "retrained_80"), seeds=(1,)
        ),
        ("minitalks", "standard"): Plan(
            "standard", "standard", tuple(arm.system for arm in PRUNED), seeds=(1, 2, 3)
        ),
    },
    pairs=(
        *((arm.system, BEST) for arm in PRUNED[1:]),
        *((f"retrained_{share}", "seq_kd_again") for share in SHARES),
        ("pruned_50", "pruned_even_50"), ("retrained_80", "retrained_even_80"),
    ),
    claims=(
        Claim("E1.5", "80 % pruned, not trained again: 5 points lost or more", "bleu_beam5",
              "pruned_80", BEST, margin=-5, below=True),
        Claim("E1.5b", "80 % pruned and trained again: one point lost at most", "bleu_beam5",
              "retrained_80", BEST, margin=-1),
        Claim("E1.5c", "80 %: one point lost at most, against one trained again whole",
              "bleu_beam5", "retrained_80", "seq_kd_again", margin=-1),
        Claim("E1.5d", "50 %: one point lost at most, against one trained again whole",
              "bleu_beam5", "retrained_50", "seq_kd_again", margin=-1),
        Claim("E9.2", "50 % pruned: one threshold for all no worse, by .5", "bleu_greedy",
              "pruned_50", "pruned_even_50", margin=-0.5),
        Claim("E9.2b", "80 %, trained again: one threshold no worse, by .5", "bleu_greedy",
              "retrained_80", "retrained_even_80", margin=-0.5),
    ),
)  # fmt: skip
