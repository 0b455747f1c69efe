"""Where the truth is known: is an output possible at all, and is it the best there is?"""

import math
from collections.abc import Callable, Sequence

from kdlab.errors import RecipeError, ShapeError

Lines = Sequence[str]


def valid_rate(hypotheses: Lines, sources: Lines, grammar: object) -> float:
    """Share of outputs with p*(output given x) > 0, 0 to 1; nan of none.

    Raises RecipeError without a grammar, ShapeError if there are not as many outputs as sources.
    """
    return _share(lambda y, x: grammar.log_prob(y, x) > -math.inf, hypotheses, sources, grammar)


def mode_hit(hypotheses: Lines, sources: Lines, grammar: object) -> float:
    """Share of outputs that nothing is likelier than under p*, 0 to 1; nan of none.

    That is the mode, or one of them: where several translations are equally likely all are right.
    Raises as `valid_rate` does.
    """

    def hit(y: str, x: str) -> bool:
        return grammar.log_prob(y, x) > grammar.log_prob(grammar.mode(x), x) - 1e-9  # rounding

    return _share(hit, hypotheses, sources, grammar)


def p_star(hypotheses: Lines, sources: Lines, grammar: object) -> float:
    """Mean p*(output given x), 0 for what is no translation, 0 to 1; nan of none.

    Between the two above: what is said counts by how right it is. The mode of every source scores
    the mean mode mass, and no system more. Raises as `valid_rate` does.
    """
    return _share(lambda y, x: math.exp(grammar.log_prob(y, x)), hypotheses, sources, grammar)


def _share(
    right: Callable[[str, str], float], hypotheses: Lines, sources: Lines, grammar: object
) -> float:
    if grammar is None:
        raise RecipeError("grammar is None; only minitalks knows its true p*(y given x).")
    if len(hypotheses) != len(sources):
        raise ShapeError(
            f"There are {len(hypotheses)} outputs but {len(sources)} sources; give pairs."
        )
    pairs = list(zip(hypotheses, sources, strict=True))
    return sum(right(y, x) for y, x in pairs) / len(pairs) if pairs else math.nan
