"""S: does Seq-KD help because its student needs no search?

A student of human targets spreads its probability over many wordings, and taking the likeliest
word again and again ends on none of the likeliest sentences. Targets that are peaked, one likely
answer a source, teach a distribution in which that costs nothing. If this is what helps, then

- the gain is greedy search's: beam 5 takes it away;
- there is none where greedy search loses nothing (coupling 0), and some in between;
- targets drawn at random from the same teacher bring none, since they are as spread as its own
  distribution;
- any peaked likely target brings it: the teacher's greedy output, and the teacher's own output to
  the teacher itself.

What is left after it, the gain where both students are searched well, is what H1 to H3 are about.
"""

from kdlab.experiments.suites.claims import Claim, Share, gain_share
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.targets import gold, sampled, seq_kd, seq_kd_greedy

TARGETS = {"baseline": gold, "seq_kd": seq_kd, "sampled": sampled, "seq_kd_greedy": seq_kd_greedy}
COUPLINGS = {"_half": 0.5, "_uncoupled": 0.0}

ARMS = (
    *(Arm(name, targets=targets) for name, targets in TARGETS.items()),
    Arm("teacher_of_itself", targets=seq_kd, size="teacher"),
    *(
        Arm(f"teacher{end}", teacher=None, size="teacher", coupling=coupling)
        for end, coupling in COUPLINGS.items()
    ),
    *(
        Arm(f"{name}{end}", targets=targets, teacher=f"teacher{end}", coupling=coupling)
        for end, coupling in COUPLINGS.items()
        for name, targets in TARGETS.items()
    ),
)
ALL = tuple(arm.system for arm in ARMS)
CONDITIONS = ("", *COUPLINGS)


def search_part(end: str = "") -> tuple[tuple[str, float], ...]:
    """The greedy gain of Seq-KD less its gain with beam 5: how much of the search gap it closes."""
    return ((f"baseline{end}@beam_gap", 1.0), (f"seq_kd{end}@beam_gap", -1.0))


GAIN = (("seq_kd@bleu_greedy", 1.0), ("baseline@bleu_greedy", -1.0))

# Why these thresholds. Half: if S is the larger part, beam 5 takes away more than it leaves. A
# point of BLEU where there is no coupling, and .3 of a gain for random targets: what three pairs
# can tell from nought, and far below what was seen with coupling on the grammar's first version.
CLAIMS = (
    Share("S beam", "Half of the greedy gain or more is the search gap that closes", "bleu_greedy",
          "search gap closed / greedy gain", search_part(), GAIN, 0.5),
    Share("S coupling 0", "Without coupling less than a point of search gap is there to close",
          "beam_gap", "search gap closed", search_part("_uncoupled"), margin=1.0, below=True),
    Share("S coupling .5", "At half the coupling there is some", "beam_gap", "search gap closed",
          search_part("_half")),
    gain_share("S samples", "Samples of the teacher bring less than .3 of the greedy gain",
               ("sampled", "seq_kd", "baseline"), 0.3, below=True),
    Claim("S samples gap", "Samples leave more than half of the search gap", "beam_gap",
          "sampled", "baseline", factor=0.5),
    Claim("S greedy targets", "The teacher's greedy output closes half of the gap or more",
          "beam_gap", "seq_kd_greedy", "baseline", factor=0.5, below=True),
    Claim("S itself", "So does the teacher's own output, for the teacher", "beam_gap",
          "teacher_of_itself", "teacher", factor=0.5, below=True),
    # What is left, by what decides: see `deciding`.
    Claim("left, valid", "Beam 5: more right translations than gold", "valid_rate_beam5",
          "seq_kd", "baseline"),
    Claim("left, p*", "Beam 5: more probable translations than gold", "p_star_beam5",
          "seq_kd", "baseline"),
    Claim("left, BLEU", "Beam 5: higher BLEU than gold", "bleu_beam5", "seq_kd", "baseline"),
)  # fmt: skip

SEARCH = Suite(
    name="search",
    question="Does Seq-KD help because its student needs no search?",
    arms={arm.system: arm for arm in ARMS},
    plans={
        ("minitalks", "quick"): Plan("tiny", "tiny", ("baseline", "seq_kd", "sampled"), seeds=(1,)),
        ("minitalks", "standard"): Plan("standard", "standard", ALL, seeds=(1, 2, 3)),
        ("real", "standard"): Plan(
            "standard", "real-small", (*TARGETS, "teacher_of_itself"), seeds=(1, 2, 3)
        ),
    },
    pairs=(
        *((f"{name}{end}", f"baseline{end}") for end in CONDITIONS for name in tuple(TARGETS)[1:]),
        *((f"seq_kd{end}", f"sampled{end}") for end in CONDITIONS),
        *((f"seq_kd{end}", f"seq_kd_greedy{end}") for end in CONDITIONS),
        ("teacher_of_itself", "teacher"),
    ),
    claims=CLAIMS,
    rule=("S beam", "S coupling 0", "S samples", "S greedy targets"),
    ruled="2026-12-01, before the first run",
)  # fmt: skip
