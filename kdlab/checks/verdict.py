"""What is said of an answer, and a mistake that has a name."""

from collections.abc import Sequence
from typing import NamedTuple

TO_DO = "to do: put your answer in place of the dots."
NO_ANSWER = "no answer"  # the name of a verdict on what cannot be called one's own answer


class Verdict(NamedTuple):
    """ok: right, wrong, or None where a person must read it; name: of the mistake, if known.

    case: of a function, what went in, what came out and what was expected, a line each
    """

    ok: bool | None
    says: str
    name: str = ""
    case: str = ""

    def __str__(self) -> str:
        mark = {True: "✓ right: ", False: "✗ not yet: ", None: "… "}[self.ok]
        return f"{mark}{self.says}{self.case and chr(10)}{self.case}"

    @property
    def answered(self) -> bool:
        """Whether there was an answer, right or wrong: the solution may then be shown."""
        return self.name != NO_ANSWER


class Wrong(NamedTuple):
    """A mistake we know. value: the wrong answer, or the function that makes it."""

    name: str
    says: str
    value: object


def both(names: Sequence[str]) -> str:
    """Names as one reads them.

    >>> both(["recall", "precision", "a number"])
    'recall, precision and a number'
    """
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
