"""Chapter 2."""

from pictures.draw import arrow, box, line, picture, words


def silent() -> str:
    """R3 word by word, and the four places where English must say what Thai does not."""
    thai = (("khao", "3rd person"), ("ao", "take"), ("nangsue", "book"), ("ma", "come"),
            ("hai", "give"), ("du", "look"))  # fmt: skip
    parts = [box(18 + 116 * i, 14, 108, 48, pair, "teacher") for i, pair in enumerate(thai)]
    english = (
        (18, 98, ("He, She", "or They?"), "gold"),
        (128, 132, ("brought", "or bring(s)?"), "gold"),
        (272, 88, ("a", "or the?"), "gold"),
        (372, 92, ("book", "said"), "quiet"),
        (476, 116, ("to show", "said"), "quiet"),
        (604, 98, ("me", "or us?"), "gold"),
    )
    parts += [box(x, 150, wide, 50, lines, kind) for x, wide, lines, kind in english]
    parts += [
        arrow(72, 64, 67, 146),
        arrow(188, 64, 184, 146),
        arrow(420, 64, 212, 146),
        arrow(304, 64, 410, 146),
        arrow(536, 64, 524, 146),
        arrow(652, 64, 550, 146),
        words(316, 216, "no word for it", "quiet", small=True),
        words(653, 216, "no word for it", "quiet", small=True),
    ]
    title = (
        "R3's six Thai words above and its English below. Arrows lead from Thai words to what they "
        "say. Four places are open: He, She or They; brought or bring(s); a or the; me or us. The "
        "last two have no Thai word."
    )
    return picture(title, 724, 232, *parts)


def split() -> str:
    """Rows of two sources, split by row and split by source."""
    parts = []
    rows = (("R1", "We have tried it"), ("R1", "I tried it once"), ("R1", "He has tried it"),
            ("R3", "He brought a book"), ("R3", "She brought a book"))  # fmt: skip
    for x, title, tests in ((14, "split by row", (1, 4)), (384, "split by source", (3, 4))):
        parts.append(words(x + 165, 16, title, bold=True))
        for i, (source, target) in enumerate(rows):
            y = 34 + 34 * i
            in_test = i in tests
            parts += [
                words(x + 6, y + 13, source, anchor="start", bold=True),
                box(x + 40, y, 172, 26, target, "gold" if in_test else "teacher"),
                words(x + 226, y + 13, "test" if in_test else "train", anchor="start"),
            ]
    parts += [
        words(14, 222, "R1 and R3 are asked in the test and", "quiet", small=True, anchor="start"),
        words(14, 240, "answered in train", "quiet", small=True, anchor="start"),
        words(384, 222, "R3 is new to the model", "quiet", small=True, anchor="start"),
        line(362, 30, 362, 206),
    ]
    title = (
        "Five rows of two sources, twice. Split by row, a translation of R1 and one of R3 are in "
        "the test while others of the same sources are in train. Split by source, all of R1 is in "
        "train and all of R3 in the test."
    )
    return picture(title, 724, 254, *parts)
