"""What is said while one works: a bar in a terminal or a notebook, a line on stderr.

TQDM_DISABLE=1 keeps bars away from a built page.
"""

import os
import sys

from tqdm.auto import tqdm


def progress(total: int | None, title: str, unit: str, initial: int = 0) -> tqdm:
    """A bar to be used with `with`.

    total: units there will be, None if unknown; initial: units done before
    """
    # tqdm's notebook bar does not look at the variable itself.
    off = os.environ.get("TQDM_DISABLE", "") not in ("", "0")
    return tqdm(
        total=total, desc=title, unit=unit, initial=initial, unit_scale=unit == "B", disable=off
    )


def note(line: str) -> None:
    """Say something that is not a result: a line on stderr."""
    print(line, file=sys.stderr, flush=True)
