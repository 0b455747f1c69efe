"""A progress bar, or a word, in a terminal or a notebook; TQDM_DISABLE=1 keeps both off a page."""

import os
import sys

from tqdm.auto import tqdm


def progress(total: int | None, title: str, unit: str, initial: int = 0) -> tqdm:
    """A bar to be used with `with`.

    total: units there will be, None if unknown; initial: units done before
    """
    return tqdm(
        total=total, desc=title, unit=unit, initial=initial, unit_scale=unit == "B",
        disable=_silent(),  # tqdm's notebook bar does not look at the variable itself
    )  # fmt: skip


def say(line: str) -> None:
    """A line for the person who waits, on stderr between the bars and as silent as they are."""
    if not _silent():
        tqdm.write(line, file=sys.stderr)


def _silent() -> bool:
    return os.environ.get("TQDM_DISABLE", "") not in ("", "0")
