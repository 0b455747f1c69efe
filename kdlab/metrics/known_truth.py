"""What a measure needs that compares with the truth: text whose p*(y given x) is known."""

from kdlab.corpora.text import Pairs
from kdlab.errors import RecipeError


def grammar_of(pairs: Pairs) -> object:
    """The grammar that knows the true p* of these pairs. RecipeError if there is none."""
    if pairs.grammar is None:
        raise RecipeError(
            f"{pairs.name} has no grammar, so its true p*(y given x) is unknown; measure this on "
            "minitalks."
        )
    return pairs.grammar
