"""Chapter 5."""

from pictures.draw import arrow, bars, box, line, picture, words


def two_forwards() -> str:
    """Both models read the source and the gold prefix; what they expect next is compared."""
    parts = [
        box(16, 38, 140, 48, ["source", "เคยลองทำแล้วครับ"]),
        box(16, 152, 140, 48, ["gold prefix", "“<s>”, then “We”, …"], "gold"),
        arrow(160, 58, 226, 58), arrow(160, 72, 226, 166),
        arrow(160, 166, 226, 72, "", "gold"), arrow(160, 180, 226, 180, "", "gold"),
        box(230, 42, 110, 44, "teacher", "teacher"), box(230, 156, 110, 44, "student", "student"),
        arrow(344, 64, 392, 64, ""), arrow(344, 178, 392, 178, ""),
        bars(400, 20, 150, 70, [0.55, 0.35, 0.1], ["I", "We", "He"], "teacher"),
        line(400, 90, 550, 90),
        bars(400, 136, 150, 70, [0.42, 0.48, 0.1], ["I", "We", "He"]), line(400, 206, 550, 206),
        arrow(560, 70, 596, 108, "", "soft"), arrow(560, 180, 596, 134, "", "soft"),
        box(600, 94, 108, 54, ["compare", "word by word"], "soft"),
        line(654, 152, 654, 250, "soft"), line(654, 250, 285, 250, "soft"),
        arrow(285, 250, 285, 206, "", "soft"),
        words(470, 238, "the gradient goes to the student alone", "quiet", small=True),
    ]  # fmt: skip
    title = (
        "Source and gold prefix go into the teacher and into the student alike. Each gives bars "
        "for the next word, I, We and He. The two sets of bars are compared, and a gradient goes "
        "back into the student only."
    )
    return picture(title, 724, 264, *parts)


def target_mixed() -> str:
    """A hard target, a soft one, and the mixture of both."""
    parts = []
    for i, (name, shares, kind) in enumerate((
        ("gold: We", (0, 1, 0), "gold"), ("teacher", (0.55, 0.35, 0.1), "teacher"),
        ("half of each", (0.275, 0.675, 0.05), "soft"),
    )):  # fmt: skip
        x = 30 + 240 * i
        parts += [
            words(x + 85, 16, name, bold=True),
            bars(x, 34, 170, 90, shares, ["I", "We", "He"], kind), line(x, 124, x + 170, 124),
            words(x + 205, 80, ("+", "=", "")[i], bold=True),
        ]  # fmt: skip
    title = (
        "Three charts of the words I, We, He. Gold has all on We. The teacher has .55, .35, .10. "
        "Half of each gives .275, .675 and .05."
    )
    return picture(title, 724, 150, *parts)


def other_pieces() -> str:
    """One sentence cut by two vocabularies: positions stop meaning the same."""
    rows = (
        ("teacher", "teacher", ("We", "tried", "it", "on", "ce", ".")),
        ("student", "student", ("We", "tried", "it", "once", ".", "end")),
    )
    parts = [words(150 + 88 * i, 18, str(i + 1), "quiet", small=True) for i in range(6)]
    parts.append(words(54, 18, "position", "quiet", small=True))
    for y, (name, kind, pieces) in zip((36, 118), rows, strict=True):
        parts.append(words(54, y + 20, name, bold=True))
        parts += [
            box(112 + 88 * i, y, 76, 40, piece, kind if i < 3 else "gold")
            for i, piece in enumerate(pieces)
        ]
    for i in range(6):
        x = 150 + 88 * i
        parts.append(
            line(x, 78, x, 116, "quiet") if i < 3 else words(x, 97, "?", "gold", bold=True)
        )
    title = (
        "“We tried it once.” in two rows of pieces. The teacher has on and ce, the student has "
        "once. Positions 1 to 3 hold the same pieces, and from position 4 on none does."
    )
    return picture(title, 724, 176, *parts)
