"""How long targets are beside the gold ones."""

from collections.abc import Sequence

from kdlab.errors import ShapeError


def length_ratio(lines: Sequence[str], gold: Sequence[str]) -> float:
    """Words of all lines over words of all gold lines; below 1, the lines are shorter.

    Of whole texts, not a mean of sentences' ratios. A score that falls with length falls with it:
    report it beside BLEU. nan if gold has no word. Raises ShapeError if there are not as many.

    >>> length_ratio(["we tried it"], ["we have tried it"])
    0.75
    """
    if len(lines) != len(gold):
        raise ShapeError(f"There are {len(lines)} lines but {len(gold)} gold ones; give pairs.")
    words, gold_words = (sum(len(line.split()) for line in side) for side in (lines, gold))
    return words / gold_words if gold_words else float("nan")
