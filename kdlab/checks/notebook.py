"""What a learner calls: a line comes back, with a tick or a cross that is text too.

Where a check failed, the lines below it show what went in, what came out and what was expected.
"""

from collections.abc import Callable
from functools import cache

from kdlab.checks.answers import Answers
from kdlab.checks.calls import SECONDS, can_limit, read
from kdlab.checks.catalogue import exercise
from kdlab.checks.kinds import Function

_answers = Answers()


def check(name: str, function: Callable) -> None:
    """Say whether a function solves an exercise, or what went wrong with it.

    It is stopped after ten seconds, on Linux and macOS in the main thread, where notebooks run;
    elsewhere a line says that nothing will stop it. Numbers are right within 1e-4 of themselves or
    1e-6 (half types: 4e-3, bfloat16 3e-2), whole numbers and texts exactly.
    Raises RecipeError if there is no such exercise.
    """
    _judged(name, function)


def answer(name: str, value: object) -> None:
    """Give an answer: a letter, numbers, a text. Predictions are kept; what has a key is marked.

    Numbers may be of any type, or stand in quotes; in words, spaces, case and the forms of Unicode
    do not matter. In a notebook answers are kept in `answers.json` beside it.
    Raises RecipeError if there is no such exercise.
    """
    _judged(name, value)


def reveal(name: str) -> None:
    """Show the answer to a question, once you have given yours, right or wrong.

    Raises RecipeError if there is no such exercise.
    """
    asked, kept = exercise(name), _answers.given(name)
    function = isinstance(asked, Function)
    given = read(kept["answer"]) if kept else ...
    if kept and (function or asked.verdict(given).answered):
        _print(asked.solution(given))
    else:
        print(f"… first your own: {'check' if function else 'answer'}({name!r}, …)")


def _judged(name: str, value: object) -> None:
    asked = exercise(name)
    if isinstance(asked, Function):
        if callable(value) and not can_limit():
            _no_clock()
        given, verdict = None, asked.judge(value)  # its code is the notebook's to keep
    else:
        given = read(value)
        verdict = asked.verdict(given)
    _print(str(verdict))
    if verdict.answered:
        _answers.keep(name, given, str(verdict))


@cache
def _no_clock() -> None:
    """Said once."""
    print(f"… no clock here: a function is not stopped after {SECONDS} seconds; you can, by hand.")


def _print(text: str) -> None:
    print(text.encode("utf-8", "backslashreplace").decode())  # half a character cannot be printed
