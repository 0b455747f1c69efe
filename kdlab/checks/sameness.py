"""When two plain answers are the same: numbers near enough, and texts as a person reads them.

Functions are compared strictly in their texts, since spelling can be the exercise, and by a
relative tolerance in their numbers. What is written by hand is compared by a tolerance of the
exercise's own, and its texts without regard to spaces, case and Unicode's forms.
"""

import math
import re
import unicodedata

from kdlab.checks.plain import Array

# Of a function's numbers: one part in ten thousand, whatever their type, for a Python float may
# come from float32; and one in the sixth place, so that rounding to six places is free. Half types
# hold 11 and 8 binary digits, and get four units of the last one.
RELATIVE, ABSOLUTE = 1e-4, 1e-6
RELATIVE_OF = {"float16": 4e-3, "bfloat16": 3e-2}

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
QUOTES = {ord(quote): "'" for quote in "‘’ʼ`´"}  # a page prints curled ones, a keyboard straight
COMMA = re.compile(r"[+-]?(0?|[1-9]\d*),(\d+)")


def same(given: object, wanted: object, relative: float = RELATIVE) -> bool:
    """Whether what a function returned is what the right one, or a known mistake, returns.

    given, wanted: plain. Lists, tuples, tensors and arrays of equal shape are alike; whole numbers
    and truth values are compared exactly; nan is only nan.
    """
    if isinstance(given, Array):
        return same(given.values, wanted, max(relative, RELATIVE_OF.get(given.dtype, 0)))
    if isinstance(wanted, Array):
        return same(given, wanted.values, max(relative, RELATIVE_OF.get(wanted.dtype, 0)))
    if isinstance(wanted, dict):
        return (
            isinstance(given, dict)
            and given.keys() == wanted.keys()
            and all(same(given[name], part, relative) for name, part in wanted.items())
        )
    if isinstance(wanted, list):
        return (
            isinstance(given, list)
            and len(given) == len(wanted)
            and all(same(g, w, relative) for g, w in zip(given, wanted, strict=True))
        )
    if isinstance(wanted, float) and _is_number(given):
        near = math.isclose(given, wanted, rel_tol=relative, abs_tol=ABSOLUTE)
        return near or (given != given and wanted != wanted)
    return isinstance(given, bool) == isinstance(wanted, bool) and given == wanted


def same_by_hand(given: object, wanted: float | str, tolerance: float) -> bool:
    """Whether one number or word is the key's. tolerance: absolute

    given: plain, and a number may stand in quotes: "14.7", "0,154"
    """
    if isinstance(wanted, str):
        return folded(str(given)) == folded(wanted)
    found = number(given) if isinstance(given, str) else given
    return _is_number(found) and abs(found - wanted) <= tolerance + 1e-12


def number(text: str) -> float | None:
    """The number that a text is, or None; a decimal comma counts where it can be nothing else.

    >>> number(" 14.7"), number("−0,5"), number("1,400"), number("many")
    (14.7, -0.5, None, None)
    """
    text = unicodedata.normalize("NFKC", text).translate(INVISIBLE).strip().replace("\u2212", "-")
    comma = COMMA.fullmatch(text)
    if comma and (len(comma[2]) != 3 or comma[1] in ("", "0")):  # 1,400 may be fourteen hundred
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return None


def folded(text: str) -> str:
    """A text without what the eye does not tell apart: Unicode's forms, spaces, case, quotes.

    >>> folded("y\\u0302 ") == folded("Ŷ"), folded("I ‘ve") == folded("I 've")
    (True, True)
    """
    text = unicodedata.normalize("NFKC", text.translate(QUOTES)).translate(INVISIBLE)
    return unicodedata.normalize("NFKC", "".join(text.casefold().split()))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
