"""Four kinds of exercise: a choice, an answer with a key, a text, a function. Each can judge.

`judge` reads an answer, or runs a function, against a clock (`calls`); `verdict` looks at the plain
data that came back, and runs nothing of the learner's.
"""

from kdlab.checks.by_hand import Choice, Keyed, Text
from kdlab.checks.function import Case, Function
from kdlab.checks.verdict import Verdict, Wrong

__all__ = ["Case", "Choice", "Function", "Keyed", "Text", "Verdict", "Wrong"]
