"""Chapter 11."""

from pictures.draw import bars, line, picture, words


def cuts() -> str:
    """R1's first word: the whole distribution, and what each cut leaves of it."""
    parts = []
    for i, (name, shares) in enumerate((
        ("the whole", (0.55, 0.35, 0.1)), ("top word only", (0.55, 0, 0)),
        ("top word moved", (0, 0.9, 0.1)), ("gold alone", (0, 1, 0)),
    )):  # fmt: skip
        x = 16 + 180 * i
        parts += [
            words(x + 70, 16, name, bold=True),
            bars(x, 34, 140, 90, shares, ["I", "We", "He"], ("teacher", "soft", "soft", "gold")[i]),
            line(x, 124, x + 140, 124),
        ]
    title = (
        "Four charts of the words I, We, He; gold is We. The whole distribution; only its top "
        "word I; the top word's share moved to gold; gold alone."
    )
    return picture(title, 724, 150, *parts)
