"""A translator that is not kdlab's: any function of lines, as a teacher for sequence-level methods.

def translate(lines: list[str]) -> list[str]: ...

corpus = sequence_level(translate, corpus)
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kdlab.code_sum import code_sum
from kdlab.errors import RecipeError
from kdlab.search import LengthRule, raw_sum
from kdlab.thai import normalise

Lines = Sequence[str]


@dataclass(frozen=True, eq=False)
class Outside:
    """A function from lines to as many lines, whose translations are stored like a teacher's.

    name: what its translations are stored under, with `version`; without a name, what its code
    does. What the code reads, such as a model or a service, is not looked at: when that changes,
    give another version.
    at_once: lines it is given in one call; after each call what it said is on disk
    Raises RecipeError for what cannot be called, or has no code to be told by and no name.
    """

    function: Callable[[list[str]], Lines]
    name: str = ""
    version: str = ""
    at_once: int = 64

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise RecipeError(
                f"teacher is {self.function!r}; expected a trained model, or a function of a list "
                "of lines that returns as many."
            )
        if self.at_once < 1:
            raise RecipeError(f"at_once is {self.at_once}; expected 1 line or more a call.")
        if not self.name and not code_sum(self.function):
            raise RecipeError(
                f"{self.function!r} has no code of its own to store its translations under; name "
                "it: kd.distill.Outside(function, name='…')."
            )
        if not self.name:
            object.__setattr__(self, "name", self.function.__name__)
            object.__setattr__(self, "version", f"{self.version} {code_sum(self.function)}")

    @property
    def key(self) -> str:
        """16 hexadecimal digits of its name and version."""
        what = f"outside {self.name}\n{self.version}"
        return hashlib.sha256(what.encode()).hexdigest()[:16]

    def nbest(
        self, lines: Lines, beam: int = 1, rule: LengthRule = raw_sum
    ) -> list[list[tuple[str, float]]]:
        """For each line what the function says, whose probability nobody knows: nan.

        Raises RecipeError, with the line, unless it gives one text for each; and if it raises
        anything itself, which is then the cause.
        """
        try:
            said = self.function(list(lines))
        except Exception as error:  # whatever somebody's own code may raise
            raise RecipeError(
                f"{self.name} raised {type(error).__name__}: {error}, when it was given "
                f"{len(lines)} lines from {_short(lines[0])} on; what it said before is kept."
            ) from error
        if isinstance(said, str) or not isinstance(said, Sequence):
            raise RecipeError(
                f"{self.name} returned {_short(said)} for {len(lines)} lines; expected a list of "
                "as many texts."
            )
        for number, (line, text) in enumerate(zip(lines, said, strict=False), 1):
            if not isinstance(text, str):
                raise RecipeError(
                    f"{self.name} said {_short(text)} to line {number} of {len(lines)}, "
                    f"{_short(line)}; expected a text, '' where there is nothing to say."
                )
        if len(said) != len(lines):
            raise RecipeError(
                f"{self.name} returned {len(said)} texts for {len(lines)} lines, from "
                f"{_short(lines[0])} on; expected one each, so that they can be told apart."
            )
        return [[(normalise(text), float("nan"))] for text in said]


def translating(teacher: object) -> object:
    """The teacher itself if it has n-best lists, else the function as one."""
    return teacher if hasattr(teacher, "nbest") else Outside(teacher)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
