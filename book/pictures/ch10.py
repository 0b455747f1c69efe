"""Chapter 10."""

from pictures.draw import arrow, bars, box, line, picture, words


def two_targets() -> str:
    """One source with one target, with the other, and with both."""
    parts = []
    for i, (name, targets) in enumerate((
        ("base", [("I have tried it already .", "gold")]),
        ("kd", [("We have tried it before .", "student")]),
        ("base+kd",
         [("I have tried it already .", "gold"), ("We have tried it before .", "student")]),
    )):  # fmt: skip
        x = 12 + 242 * i
        parts += [words(x + 108, 16, name, bold=True), box(x + 58, 30, 100, 32, "R1", "teacher")]
        for j, (text, kind) in enumerate(targets):
            y = 96 + 48 * j
            parts.append(box(x, y, 216, 36, text, kind))
        parts.append(arrow(x + 108, 66, x + 108, 92, ""))
    title = (
        "R1 with its target in three training sets. In base the person's sentence, in kd the "
        "teacher's, in base+kd both, one below the other."
    )
    return picture(title, 740, 192, *parts)


def by_heart() -> str:
    """Train and dev: a student that learned by heart, and one that met two answers."""
    parts = []
    for i, (name, train, dev) in enumerate((("one answer", 0.95, 0.5), ("two answers", 0.7, 0.58))):
        x = 60 + 340 * i
        parts += [
            words(x + 110, 16, name, bold=True),
            bars(x, 34, 220, 110, [train, dev], ["train", "dev"], "gold" if not i else "student"),
            line(x, 144, x + 220, 144),
            words(x + 110, 184, ("a wide gap", "a narrower one")[i], "quiet", small=True),
        ]
    title = (
        "Bars for how well a student does on training text and on dev text. With one answer a "
        "source the two lie far apart; with two answers they lie closer together."
    )
    return picture(title, 724, 200, *parts)
