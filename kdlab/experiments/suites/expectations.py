"""What each method's own mechanism leads one to expect: a method beside its control.

The methods themselves are the leaderboard's arms, and share its runs.
"""

from dataclasses import replace

from kdlab.experiments.suites.claims import Claim
from kdlab.experiments.suites.leaderboard import LEADERBOARD, TOP
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import back_translated, sampled_twice
from kdlab.objectives.annealing import Annealing
from kdlab.objectives.knn_kd import KnnKD
from kdlab.objectives.selective import SelectiveKD

COMBINED = ((1, 2),)  # the teacher's two encoder layers, for the student's one
CONTROLS = (
    Arm("selective_all", loss=SelectiveKD(share=1.0, level="batch")),
    Arm("selective_easy", loss=SelectiveKD(level="batch", half="easy")),
    Arm("knn_kd_others", loss=KnnKD(k=16, temperature=None, leave_one_out=True)),
    Arm("annealing_constant", loss=Annealing(tau_max=1)),
    Arm("annealing_one_stage", loss=Annealing(share=1.0)),
    Arm("layers_combined", loss=replace(TOP, mapping=COMBINED)),
    Arm("layers_decoder", loss=replace(TOP, side="decoder")),
    Arm("layers_wrong", loss=replace(TOP, wrong_sentence=True)),
    Arm("back_translated", targets=back_translated),
    Arm("sampled_twice", targets=sampled_twice),
)
METHODS = (
    "baseline", "word_kd", "selective_batch", "knn_kd", "annealing", "ranking", "layers",
    "round_trip", "sampled",
)  # fmt: skip
ALL = (*METHODS, *(arm.system for arm in CONTROLS))
GREEDY = "bleu_greedy"

EXPECTATIONS = Suite(
    name="expectations",
    question="Does each method do what its own mechanism leads one to expect?",
    arms={name: LEADERBOARD.arms[name] for name in METHODS}
    | {arm.system: arm for arm in CONTROLS},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", ("selective_all", "selective_easy"), (1,)),
        ("minitalks", "standard"): Plan("standard", "standard", ALL, seeds=(1, 2, 3)),
    },
    pairs=(
        ("selective_batch", "selective_all"), ("selective_all", "selective_easy"),
        ("knn_kd", "baseline"), ("knn_kd_others", "baseline"), ("knn_kd", "knn_kd_others"),
        ("annealing", "word_kd"), ("annealing", "annealing_constant"),
        ("annealing", "annealing_one_stage"),
        ("layers_combined", "layers"), ("layers_decoder", "word_kd"), ("layers", "layers_wrong"),
        ("layers", "word_kd"), ("ranking", "word_kd"), ("round_trip", "back_translated"),
        ("sampled_twice", "sampled"),
    ),
    claims=(
        Claim("E4.1", "KD on the hard half: no worse than on all by .5", GREEDY,
              "selective_batch", "selective_all", margin=-0.5),
        Claim("E4.1b", "KD on all: no worse than on the easy half by .5", GREEDY,
              "selective_all", "selective_easy", margin=-0.5),
        Claim("E5.3", "kNN-KD without the place itself still gains", GREEDY,
              "knn_kd_others", "baseline"),
        Claim("E6.2", "Annealing: at most .2 above Word-KD", GREEDY,
              "annealing", "word_kd", margin=0.2, below=True),
        Claim("E6.3", "Without stage II annealing is worse", GREEDY,
              "annealing_one_stage", "annealing", below=True),
        Claim("E7.1", "All layers: no worse than the top one by .2", GREEDY,
              "layers_combined", "layers", margin=-0.2),
        Claim("E7.3", "Hints on the decoder: worse than Word-KD", GREEDY,
              "layers_decoder", "word_kd", below=True),
        Claim("E7 control", "The right sentence's states beat a wrong one's", GREEDY,
              "layers", "layers_wrong"),
        Claim("E9.1", "Round trip: no worse than back-translation by .2", GREEDY,
              "round_trip", "back_translated", margin=-0.2),
        # Added after the others had run, before this arm had.
        Claim("Two samples", "Two samples a source are better than one, at equal updates", GREEDY,
              "sampled_twice", "sampled"),
    ),
)  # fmt: skip
