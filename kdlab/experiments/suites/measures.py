"""By what the explanations are judged: chosen, with its reason, before any run of the suites.

What S explains is greedy search's (see `search`), so H1 to H3 are asked where both students are
searched well, with beam 5. On minitalks it is known of every output whether it is right, and that
decides: no reference has to agree with the wording, which is free. BLEU with beam 5, what papers
report, decides where no truth is known. The others stand beside it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """metric: of a result file     name: what a claim's name ends in

    step: the difference that is worth having: half a BLEU point as in Gordon & Duh's comparisons,
    and one right translation in a hundred, or half as much p*, which three pairs on a thousand
    sources can tell from nought
    """

    metric: str
    name: str
    step: float


DECIDING = Measure("valid_rate_beam5", "", 0.01)
WITHOUT_TRUTH = Measure("bleu_beam5", ", beam 5", 0.5)
MEASURES = (
    DECIDING,
    Measure("p_star_beam5", ", p*", 0.005),
    WITHOUT_TRUTH,
    Measure("valid_rate_greedy", ", valid greedy", 0.01),
    Measure("bleu_greedy", ", greedy", 0.5),
)
