"""What a learner calls: one line comes back, with a tick or a cross that is text too."""

from collections.abc import Callable

from kdlab.checks.catalogue import exercise
from kdlab.checks.kinds import TO_DO

_answers: dict[str, object] = {}  # this notebook's; reveal() reads what answer() was given


def check(name: str, function: Callable) -> None:
    """Say whether a function solves an exercise, or what went wrong with it.

    Raises RecipeError if there is no such exercise.
    """
    print(exercise(name).judge(function))


def answer(name: str, value: object) -> None:
    """Give an answer: a letter, numbers, a text. Predictions are kept; what has a key is marked.

    Raises RecipeError if there is no such exercise.
    """
    verdict = exercise(name).judge(value)
    if verdict.ok is not False and verdict.says != TO_DO:
        _answers[name] = value
    print(verdict)


def reveal(name: str) -> None:
    """Show the answer to a question, once you have given yours.

    Raises RecipeError if there is no such exercise.
    """
    asked = exercise(name)
    if name not in _answers:
        print(f"… first your own: answer({name!r}, …)")
    else:
        print(asked.solution(_answers[name]))
