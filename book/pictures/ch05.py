"""Chapter 5."""

from pictures.draw import arrow, bars, box, line, picture, words


def two_forwards() -> str:
    """Both models read the gold prefix; what they expect next is compared."""
    parts = [
        box(16, 92, 150, 52, ["gold prefix", "“<s>”, then “We”, …"], "gold"),
        arrow(170, 106, 226, 62, "", "gold"), arrow(170, 130, 226, 174, "", "gold"),
        box(230, 38, 110, 44, "teacher", "teacher"), box(230, 152, 110, 44, "student", "student"),
        arrow(344, 60, 392, 60, ""), arrow(344, 174, 392, 174, ""),
        bars(400, 20, 150, 70, [0.55, 0.35, 0.1], ["I", "We", "He"], "teacher"),
        line(400, 90, 550, 90),
        bars(400, 136, 150, 70, [0.42, 0.48, 0.1], ["I", "We", "He"]), line(400, 206, 550, 206),
        arrow(560, 70, 596, 108, "", "soft"), arrow(560, 180, 596, 134, "", "soft"),
        box(600, 94, 108, 54, ["compare", "word by word"], "soft"),
    ]  # fmt: skip
    title = (
        "The gold prefix goes into the teacher and into the student. Each gives bars for the next "
        "word, I, We and He. The two sets of bars are compared."
    )
    return picture(title, 724, 236, *parts)


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
