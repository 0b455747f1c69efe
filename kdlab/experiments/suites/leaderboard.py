"""Every method beside the others: one teacher, one student, one number of updates.

A fine-tuned arm starts from one that had three quarters of the updates, so that its total is the
same. A method has its own defaults, which name their source; what is set here is ours. The gold
term is plain everywhere: Selective KD, TIE-KD and kNN-KD smooth it in print (.1).
Left out: kNN-MT, which needs the datastore at inference; what only a teacher can be; cross-fitted
teachers, which are several; and what `expectations`, `table1` and `h2` hold beside its control:
layer combination, hidden states, back-translation, two samples a source, gold twice.
"""

from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import (
    base_and_best_2,
    base_and_kd,
    base_kd_and_bt,
    round_trip,
    sampled,
    seq_inter,
    seq_kd,
)
from kdlab.losses import Divergence, LabelSmoothing, RankingKD, WordKD
from kdlab.objectives import (
    Annealing,
    Hybrid,
    IterativeKD,
    KnnKD,
    Layers,
    OnPolicy,
    SelectiveKD,
)

# These students have one encoder layer, so there is nothing to map: its states, the teacher's top
# ones. Weights are ours, not tuned; the published example, .2 and .7, leaves .1 to gold.
TOP = Layers(((-1,),), "encoder", alpha=0.4, beta=0.2)
# Published for IWSLT: k = 64 and tau = 100, of a larger memory whose keys are 512 wide. Ours, not
# tuned: fewer neighbours, and the median of the distances as they are here.
NEAR = {"k": 16, "temperature": None}
# Ours, not tuned; table 1 has the paper's tenth of the rate.
TUNED = {"updates": 0.25, "rate": 0.3}
ARMS = (
    Arm("baseline"),
    Arm("label_smoothing", loss=LabelSmoothing()),
    Arm("word_kd", loss=WordKD(alpha=0.5)),
    Arm("seq_kd", targets=seq_kd),
    Arm("seq_kd_word_kd", targets=seq_kd, loss=WordKD(alpha=0.5)),
    Arm("baseline_early", updates=0.75),
    Arm("seq_kd_early", targets=seq_kd, updates=0.75),
    Arm("seq_inter", targets=seq_inter, start="baseline_early", **TUNED),
    Arm("seq_kd_seq_inter", targets=seq_inter, start="seq_kd_early", **TUNED),
    Arm("selective_batch", loss=SelectiveKD(level="batch")),
    Arm("selective_global", loss=SelectiveKD(level="global")),
    Arm("knn_kd", loss=KnnKD(**NEAR)),
    Arm("annealing", loss=Annealing()),
    Arm("ranking", loss=RankingKD()),
    Arm("tie_kd", loss=IterativeKD()),
    Arm("layers", loss=TOP),
    Arm("hybrid", loss=Hybrid()),
    Arm("reverse_kl", loss=Divergence("reverse_kl")),
    Arm("jensen_shannon", loss=Divergence("jensen_shannon")),
    Arm("total_variation", loss=Divergence("total_variation")),
    Arm("on_policy", loss=OnPolicy(), start="baseline_early", **TUNED),
    Arm("on_policy_scratch", loss=OnPolicy()),
    Arm("sampled", targets=sampled),
    Arm("base_and_kd", targets=base_and_kd),
    Arm("base_and_best_2", targets=base_and_best_2),
    Arm("base_kd_and_bt", targets=base_kd_and_bt),
    Arm("round_trip", targets=round_trip),
    Arm("born_again", targets=seq_kd, teacher="baseline"),
)
ALL = tuple(arm.system for arm in ARMS)
# Of a million positions, comparing all with all takes an hour; faiss's lists take minutes.
LISTS = Arm("knn_kd_ivf", loss=KnnKD(**NEAR, index="ivf"))
TEN = (
    "baseline", "word_kd", "seq_kd", "seq_kd_word_kd", "selective_global", "knn_kd_ivf", "tie_kd",
    "layers", "hybrid", "base_and_kd",
)  # fmt: skip

LEADERBOARD = Suite(
    name="leaderboard",
    question="Which way of teaching is best, under equal conditions?",
    arms={arm.system: arm for arm in (*ARMS, LISTS)},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", ALL, seeds=(1,)),
        ("minitalks", "standard"): Plan("standard", "standard", ALL, seeds=(1, 2, 3)),
        ("real", "standard"): Plan("standard", "real-small", TEN, seeds=(1, 2, 3)),
        ("iwslt15", "colab"): Plan("standard", "colab", TEN, seeds=(1, 2, 3)),
        ("iwslt15", "paper"): Plan(
            "standard", "paper", TEN, seeds=(1, 2, 3), pieces=25_000
        ),
    },
    pairs=tuple(
        (system, other)
        for system in (*ALL, LISTS.system)
        for other in ("word_kd", "seq_kd")
        if system != other and not system.endswith("_early")
    ),
)  # fmt: skip
