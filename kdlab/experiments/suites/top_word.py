"""H3: is what a teacher's distribution teaches its first choice, where that is not gold's?"""

from kdlab.experiments.suites.claims import Claim, Share, gain_share
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import seq_kd
from kdlab.losses import Surgery, WordKD

ARMS = (
    Arm("baseline"),
    Arm("word_kd", loss=WordKD(alpha=0.5)),
    Arm("without_correlation", loss=Surgery("without_correlation")),
    Arm("without_top1", loss=Surgery("without_top1")),
    Arm("top_k", loss=Surgery("top_k")),
    Arm("permuted_tail", loss=Surgery("permuted_tail")),
    Arm("matched_smoothing", loss=Surgery("matched_smoothing")),
    Arm("where_differs", loss=Surgery("without_correlation", where="disagree")),
    Arm("where_agrees", loss=Surgery("without_correlation", where="agree")),
    Arm("seq_kd", targets=seq_kd),
)
ALL = tuple(arm.system for arm in ARMS)
REAL = (
    "baseline", "word_kd", "without_correlation", "without_top1", "where_differs", "where_agrees",
    "seq_kd",
)  # fmt: skip


def claims(measure: str, name: str) -> tuple[Claim | Share, ...]:
    """The rule on one measure."""
    return (
        Claim(f"E3.1 {name}", "The top word alone does no worse by half a point", measure,
              "without_correlation", "word_kd", margin=-0.5),
        Claim(f"E3.1b {name}", "Without the top word it does worse", measure,
              "without_top1", "word_kd", below=True),
        *(
            Share(f"H3 {name}, {sign}", f"The top word costs 3 times what the rest {verb}",
                  measure, f"cost of top word {'-' if times > 0 else '+'} 3 cost of the rest",
                  (("word_kd", 1.0 - times), ("without_top1", -1.0),
                   ("without_correlation", times)))
            for sign, verb, times in (("cost", "costs", 3.0), ("gain", "brings", -3.0))
        ),
        Share(f"H3 where {name}", "The top word where it is not gold's gains more than elsewhere",
              measure, "where_differs - where_agrees",
              (("where_differs", 1.0), ("where_agrees", -1.0))),
    )  # fmt: skip


# methods: H3 is supported if removing the top word costs three times as much as removing the rest,
# and the positions where the teacher's first choice is not gold's carry the gain. The cost of the
# rest is meant without its sign, so both inequalities have to hold; that the rest may also bring
# something was seen in the first run, and the second inequality was added then. It makes the rule
# stricter, and the others had failed already. "H3 share" is no
# part of the rule: it carries this word-level question over to the gain of Seq-KD.
H3 = Suite(
    name="h3",
    question="Is what a teacher teaches its first choice, where that is not the reference's?",
    arms={arm.system: arm for arm in ARMS},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", ALL[:4], seeds=(1,)),
        ("minitalks", "standard"): Plan("standard", "standard", ALL, seeds=(1, 2, 3, 4, 5)),
        ("real", "standard"): Plan("standard", "real-small", REAL, seeds=(1, 2, 3)),
    },
    pairs=(
        *((system, "baseline") for system in ALL[1:]),
        *((system, "word_kd") for system in ALL[2:]),
    ),
    claims=(
        *claims("bleu_greedy", "greedy"),
        *claims("bleu_beam5", "beam 5"),
        gain_share("H3 share", "The top word where not gold's: 30 % of Seq-KD's gain or more",
                   ("where_differs", "seq_kd", "baseline"), 0.3),
    ),
    rule=("H3 greedy, cost", "H3 greedy, gain", "H3 where greedy"),
    ruled="2026-11-22, before the first run; 'H3 greedy, gain' after it, the same day",
    also=("inside",),
)  # fmt: skip
