"""Where the truth is known: is an output possible at all, and is it the best there is?"""

from collections.abc import Sequence

from kdlab.errors import RecipeError


def valid_rate(hypotheses: Sequence[str], sources: Sequence[str], grammar: object) -> float:
    """Share of outputs with p*(output given x) > 0, 0 to 1. RecipeError without a grammar."""
    _needs(grammar)
    pairs = zip(hypotheses, sources, strict=True)
    return sum(grammar.log_prob(y, x) > float("-inf") for y, x in pairs) / len(sources)


def mode_hit(hypotheses: Sequence[str], sources: Sequence[str], grammar: object) -> float:
    """Share of outputs that are the exact mode of p*, 0 to 1. RecipeError without a grammar."""
    _needs(grammar)
    return sum(grammar.mode(x) == y for y, x in zip(hypotheses, sources, strict=True)) / len(
        sources
    )


def _needs(grammar: object) -> None:
    if grammar is None:
        raise RecipeError("grammar is None; only minitalks knows its true p*(y given x).")
