"""A learner's code is run here and nowhere else: against a clock, and to plain data or a reason."""

import copy
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from kdlab.checks.plain import Odd, plain

SECONDS = 10  # that all calls of one check may take
LONGEST = 300  # characters of an exception's text


class Stopped(NamedTuple):
    """In place of a value: why there is none. to_do: the function has not been written yet."""

    says: str
    to_do: bool = False


class TimesUp(BaseException):
    """Raised inside code that runs too long; no Exception, or `except Exception` would go on."""


PASSING = (KeyboardInterrupt, TimesUp)  # not the learner's errors: they end the whole check


def came_back(
    function: Callable, cases: Sequence[tuple], seconds: float = SECONDS
) -> list[object | Stopped]:
    """What each call gave, as plain data; the first that gave none is the last, and `Stopped`.

    The inputs are copied for each call. Nothing is raised but KeyboardInterrupt.
    """
    back: list[object | Stopped] = []
    try:
        with limited(seconds):
            for case in cases:
                back.append(_call(function, case))
                if isinstance(back[-1], Stopped):
                    break
    except TimesUp:
        back.append(Stopped(f"it had not ended after {seconds:g} seconds: a loop without an end?"))
    return back


def read(value: object) -> object:
    """A value as plain data; one that cannot be read is `Odd`, with the reason. Never raises."""
    (given,) = came_back(lambda: value, [()])
    return Odd(given.says) if isinstance(given, Stopped) else given


def _call(function: Callable, case: tuple) -> object | Stopped:
    try:
        value = function(*copy.deepcopy(case))
    except PASSING:
        raise
    except NotImplementedError:
        return Stopped("to do: the function still raises NotImplementedError.", to_do=True)
    except BaseException as error:  # SystemExit too: exit() in an answer must not end the notebook
        return Stopped(f"it stopped with {_told(error)}")
    try:
        return plain(value)
    except PASSING:
        raise
    except BaseException as error:
        return Stopped(f"what came back cannot be read: {_told(error)}")


def _told(error: BaseException) -> str:
    name = type(error).__name__
    try:
        text = str(error).encode("utf-8", "backslashreplace").decode()  # half a letter is told too
        text = " ".join(text.split())
    except PASSING:
        raise
    except BaseException:  # a text that cannot be had
        return name
    return f"{name}: {text if len(text) <= LONGEST else f'{text[:LONGEST]}…'}"


def can_limit() -> bool:
    """Whether a clock can stop code here: on Linux and macOS, in the main thread."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """`TimesUp` in whatever runs inside for longer; without effect where `can_limit()` is False.

    One long call into C is stopped only when it comes back to Python, as with Ctrl-C. An alarm
    that was set before is set again.
    """
    if not can_limit():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimesUp

    began, theirs = time.monotonic(), signal.signal(signal.SIGALRM, ring)
    # It rings again each second: a bare `except:` in a loop catches the first.
    left, every = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, theirs or signal.SIG_DFL)
        if left:
            left -= time.monotonic() - began
            signal.setitimer(signal.ITIMER_REAL, max(left, 1e-3), every)
