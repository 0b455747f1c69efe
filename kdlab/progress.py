"""What is said while one works: a bar in a terminal or a notebook, a word, a line on stderr.

TQDM_DISABLE=1 keeps bars, and words for those who wait, away from a built page.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from tqdm.auto import tqdm

T = TypeVar("T")
COUNTED = "{desc}: {n_fmt} of {total_fmt} {unit}s |{bar}| {elapsed}<{remaining}{postfix}"
QUICK = 2.0  # seconds; what takes less shows no bar


def progress(
    total: int | None, title: str, unit: str, initial: int = 0, *, delay: float = 0.0,
    leave: bool = True,
) -> tqdm:  # fmt: skip
    """A bar to be used with `with`; where the end is known it says "3 of 13 runs".

    total: units there will be, None if unknown; initial: units done before
    delay: seconds before it is shown     leave: whether it stays when all is done
    """
    form = None if total is None or unit == "B" else COUNTED
    return tqdm(
        total=total, desc=title, unit=unit, initial=initial, unit_scale=unit == "B",
        bar_format=form, delay=delay, leave=leave,
        disable=_silent(),  # tqdm's notebook bar does not look at the variable itself
    )  # fmt: skip


def counted(
    each: Iterable[T], title: str, unit: str, total: int | None = None, *, quick: bool = True
) -> Iterator[T]:
    """The same things in the same order, behind a bar that counts those that are done.

    total: how many, where `each` does not know     quick: no bar for what takes under two seconds,
    and none that stays; False for the work that one waits for

    >>> list(counted("abc", "spelling", "letter"))
    ['a', 'b', 'c']
    """
    total = len(each) if total is None and isinstance(each, Sized) else total
    delay = QUICK if quick else 0.0
    with progress(total, title, unit, delay=delay, leave=not quick) as bar:
        for one in each:
            yield one
            bar.update()


def say(line: str) -> None:
    """A line for the person who waits, on stderr between the bars and as silent as they are."""
    if not _silent():
        tqdm.write(line, file=sys.stderr)


def _silent() -> bool:
    return os.environ.get("TQDM_DISABLE", "") not in ("", "0")


def note(line: str) -> None:
    """Say something that is not a result: a line on stderr."""
    print(line, file=sys.stderr, flush=True)
