"""Which rows train, which choose, which test; and how many of them a preset takes."""

import hashlib
from dataclasses import replace

from kdlab.corpora.text import Pairs, ParallelText
from kdlab.errors import RecipeError
from kdlab.thai import normalise

TRAIN_SHARE, DEV_SHARE = 90, 5  # of 100; the rest is the test
SIZES = {"tiny": (2000, 200), "standard": None, "paper": None, "colab": None}  # (train, dev, test)


def split_of(target: str) -> str:
    """ "train", "dev" or "test" (90 : 5 : 5), from nothing but the target's own words.

    Two rows with the same target, spaces and case aside, always fall on the same side, so no
    translation a student has learnt can be asked of it again; and adding rows moves none.
    """
    digest = hashlib.sha256(normalise(target).casefold().encode()).digest()
    bucket = int.from_bytes(digest[:8], "big") % 100
    return (
        "train" if bucket < TRAIN_SHARE else "dev" if bucket < TRAIN_SHARE + DEV_SHARE else "test"
    )


def part_name(value: str) -> str | None:
    """What a cell of a split column says: "train", "dev", a test's own name, or None if unknown.

    >>> part_name("Validation"), part_name("tst2012"), part_name("trian")
    ('dev', 'tst2012', None)
    """
    value = value.strip().lower()
    if value in ("dev", "valid", "validation"):
        return "dev"
    return value if value == "train" or value.startswith(("test", "tst")) else None


def sized(text: ParallelText, preset: str) -> ParallelText:
    """The corpus at a preset's size: `tiny` keeps the first rows of each split, others all.

    Raises RecipeError for a preset that is not one of SIZES.
    """
    if preset not in SIZES:
        raise RecipeError(f"preset is {preset!r}; {text.name} has {', '.join(SIZES)}.")
    if SIZES[preset] is None:
        return replace(text, preset=preset)
    train, held_out = SIZES[preset]
    tests: dict[str, Pairs] = {name: pairs.head(held_out) for name, pairs in text.tests.items()}
    return replace(
        text, preset=preset, train=text.train.head(train), dev=text.dev.head(held_out), tests=tests
    )
