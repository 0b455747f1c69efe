"""A gain of Seq-KD taken apart: figures that add up, each with its interval.

What it gains by greedy search is what closes of the gap between greedy search and beam 5 (S), and
what is left with beam 5. That is taken apart along a chain of systems from gold to Seq-KD which
differ in their targets, each link by one thing more: what a link gains, the next one starts from.
A part depends on the order of its chain, as any such part does; the chain is named with it.
"""

from collections.abc import Sequence

from kdlab.experiments.suites.claims import Share

Chain = Sequence[tuple[str, str]]  # (what it adds, the system that has it), seq_kd last


def decomposed(end: str, chain: Chain) -> tuple[Share, ...]:
    """The gain under a condition, the part that is search, and a part for each link.

    end: of the systems' names, such as "_longer"     Parts are in points of BLEU.
    """
    steps = [
        ("", "Seq-KD's gain by greedy search", "seq_kd", "baseline", "bleu_greedy"),
        (": search", "of it: the search gap that closes", "baseline", "seq_kd", "beam_gap"),
    ]
    before = "baseline"
    for what, system in chain:
        steps.append((f": {what}", f"of it: {what}", system, before, "bleu_beam5"))
        before = system
    return tuple(
        Share(f"gain{end}{name}", text, metric, f"{a} - {b}", ((a + end, 1.0), (b + end, -1.0)))
        for name, text, a, b, metric in steps
    )


ALL_IN_ONE: Chain = (
    ("one target a source", "alphabet"), ("the likely one", "canonical"),
    ("the teacher's instead", "seq_kd"),
)  # fmt: skip
SIMPLE: Chain = (("the true mode", "canonical"), ("the teacher's instead", "seq_kd"))
NOISY: Chain = (("no noise", "dropped"), *SIMPLE)
