"""One check per exercise: the same judgement for the notebook, the tests and a leader.

An answer that is wrong in a way we know is told what the way is, not only that it is wrong.
"""

from kdlab.checks.catalogue import EXERCISES, exercise
from kdlab.checks.kinds import Choice, Function, Keyed, Text, Verdict, Wrong
from kdlab.checks.notebook import answer, check, reveal

__all__ = [
    "EXERCISES", "Choice", "Function", "Keyed", "Text", "Verdict", "Wrong", "answer", "check",
    "exercise", "reveal",
]  # fmt: skip
