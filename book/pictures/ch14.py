"""Chapter 14."""

from pictures.draw import COLOURS, arrow, box, line, picture, words

# Invented places around the query, and what followed there.
NEAR = ((60, 34, "before"), (-58, 40, "already"), (-20, -58, "before"), (92, -40, "once"))
FAR = ((-150, -30, "book"), (150, 60, "often"), (-130, 66, "students"), (128, -88, "new"))


def memory() -> str:
    """Contexts as points: near ones were followed by words that fit."""
    x0, y0 = 250, 120
    parts = [
        f'<circle cx="{x0}" cy="{y0}" r="106" style="fill:none;stroke:{COLOURS["plain"]}" '
        'stroke-dasharray="5 4"/>',
        f'<circle cx="{x0}" cy="{y0}" r="8" style="fill:{COLOURS["student"]}"/>',
        words(x0, y0 - 20, "I have tried it …", bold=True),
    ]
    for x, y, word in NEAR + FAR:
        kind = "soft" if (x, y, word) in NEAR else "quiet"
        parts += [
            f'<circle cx="{x0 + x}" cy="{y0 + y}" r="5" style="fill:{COLOURS[kind]}"/>',
            words(x0 + x + 10, y0 + y, word, kind if kind == "quiet" else "ink", small=True,
                  anchor="start"),
        ]  # fmt: skip
    parts += [
        arrow(470, 120, 530, 120, "", "soft"),
        box(536, 74, 168, 92, ["the near ones vote", "before, already,", "before, once"], "soft"),
    ]
    title = (
        "A map of points, each a place in the training text with the word that followed there. In "
        "the middle the place after 'I have tried it'. Four points lie within a circle around it: "
        "before, already, before, once. They vote."
    )
    return picture(title, 724, 240, *parts)


def asked_when() -> str:
    """kNN-MT searches at each word; kNN-KD once, before the student learns."""
    parts = [
        words(20, 48, "kNN-MT", bold=True, anchor="start"),
        words(20, 142, "kNN-KD", bold=True, anchor="start"),
        line(110, 94, 700, 94),
        box(120, 24, 150, 48, ["build the memory", "once"], "teacher"),
        arrow(274, 48, 330, 48, ""),
        box(334, 24, 366, 48, ["translate", "a search at every word of every sentence"], "soft"),
        box(120, 118, 150, 48, ["build the memory", "once"], "teacher"),
        arrow(274, 142, 310, 142, ""),
        box(314, 118, 140, 48, ["look up", "once a position"], "soft"),
        arrow(458, 142, 494, 142, ""),
        box(498, 118, 90, 48, ["train", "a student"], "student"),
        arrow(592, 142, 616, 142, ""),
        box(620, 118, 84, 48, ["translate", "no memory"], "student"),
    ]  # fmt: skip
    title = (
        "Two rows of steps. kNN-MT builds a memory once and searches it at every word while it "
        "translates. kNN-KD builds it, looks every training position up once, trains a student on "
        "the answers, and translates without any memory."
    )
    return picture(title, 724, 184, *parts)
