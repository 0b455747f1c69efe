"""Noise with known positions: targets that belong to other sources, and damaged words."""

import numpy as np

Targets = tuple[str, ...]
Rows = tuple[int, ...]


def misalign(targets: Targets, share: float, rng: np.random.Generator) -> tuple[Targets, Rows]:
    """Give a share of the rows each other's targets, so that no chosen row keeps its own.

    Returns the targets and the chosen rows, in order. The rows pass their targets round a ring
    (a derangement of rows), which leaves the multiset of targets as it was; two rows may by chance
    hold the same words. A single row has nobody to swap with, so fewer than two stay clean.
    """
    chosen = rng.permutation(len(targets))[: round(share * len(targets))]
    if len(chosen) < 2:
        return targets, ()
    shuffled = list(targets)
    for row, donor in zip(chosen, np.roll(chosen, 1), strict=True):
        shuffled[row] = targets[donor]
    return tuple(shuffled), tuple(sorted(int(row) for row in chosen))


def replace_words(targets: Targets, rate: float, rng: np.random.Generator) -> tuple[Targets, Rows]:
    """Drop or replace each word with probability `rate`, one or the other with even chances.

    A replacement is drawn from all words of the targets, so frequent ones come more often; the
    final token (`.` or `?`) is left alone. Returns the targets and the rows that changed.
    """
    if rate == 0:
        return targets, ()
    pool = [word for target in targets for word in target.split()[:-1]]
    damaged, changed = [], []
    for row, target in enumerate(targets):
        *words, end = target.split()
        fates = rng.random(len(words))
        kept = []
        for word, fate in zip(words, fates, strict=True):
            if fate >= rate:
                kept.append(word)
            elif fate >= rate / 2:
                kept.append(pool[rng.integers(len(pool))])
        damaged.append(" ".join([*kept, end]))
        if damaged[-1] != target:
            changed.append(row)
    return tuple(damaged), tuple(changed)
