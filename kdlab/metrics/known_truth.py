"""What is needed to compare with the truth, or to make targets of it: a known p*(y given x)."""

from typing import Protocol

from kdlab.errors import RecipeError


class MayKnowTruth(Protocol):
    """Pairs, or a corpus. grammar: what knows p*, on minitalks; else None"""

    name: str
    grammar: object | None


def grammar_of(text: MayKnowTruth) -> object:
    """The grammar that knows the true p* of this text. RecipeError if there is none."""
    if text.grammar is None:
        raise RecipeError(
            f"{text.name} has no grammar, so its true p*(y given x) is unknown; use minitalks, the "
            "only corpus with one."
        )
    return text.grammar
