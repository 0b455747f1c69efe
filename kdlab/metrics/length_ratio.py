"""How long targets are beside the gold ones."""

from collections.abc import Sequence

from kdlab.corpora.unit import Unit
from kdlab.errors import ShapeError


def length_ratio(
    lines: Sequence[str], gold: Sequence[str], unit: Unit | str | None = None
) -> float:
    """Words of all lines over words of all gold lines; below 1, the lines are shorter.

    unit: "word" or "character"; None = what the gold lines ask for
    Of whole texts, not a mean of sentences' ratios. A score that falls with length falls with it:
    report it beside BLEU. nan if gold is empty. Raises ShapeError if there are not as many.

    >>> length_ratio(["we tried it"], ["we have tried it"])
    0.75
    """
    if len(lines) != len(gold):
        raise ShapeError(f"There are {len(lines)} lines but {len(gold)} gold ones; give pairs.")
    unit = Unit.of(gold) if unit is None else Unit(unit)
    length, wanted = unit.count(lines), unit.count(gold)
    return length / wanted if wanted else float("nan")
