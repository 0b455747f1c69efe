"""Chapter 13."""

from pictures.draw import COLOURS, EDGE, arrow, bars, box, line, picture, words

WORDS = ("She", "brought", "a", "book", "to", "show", "us", ".", "end")
LOSSES = (1.05, 0.16, 0.51, 0.02, 0.01, 0.03, 0.92, 0.02, 0.01)


def hard_words() -> str:
    """R3's words, and what each costs the student: three stand out."""
    parts = [
        bars(30, 20, 560, 110, [loss / 1.2 for loss in LOSSES], WORDS, "gold"),
        line(30, 130, 590, 130),
        line(30, 130 - 110 * 0.51 / 1.2, 590, 130 - 110 * 0.51 / 1.2, "ink"),
        words(598, 130 - 110 * 0.51 / 1.2, "threshold θ", small=True, anchor="start"),
        words(310, 176, "Thai says nothing of who, which one, and to whom."),
    ]
    title = (
        "Nine bars, one for each word of 'She brought a book to show us' with its end. She, a and "
        "us stand above a line, the threshold; the other words cost nearly nothing."
    )
    return picture(title, 724, 196, *parts)


def queue() -> str:
    """The newest losses come in on the left, the oldest fall out on the right."""
    parts = [
        box(16, 60, 130, 48, ["this batch", "its losses"], "gold"),
        arrow(150, 84, 196, 84, "push"),
    ]
    for i in range(10):
        colour = COLOURS["gold"] if i < 3 else EDGE
        parts.append(
            f'<rect x="{206 + 32 * i}" y="68" width="28" height="32" rx="3" '
            f'style="fill:none;stroke:{colour};stroke-width:2"/>'
        )
    parts += [
        arrow(530, 84, 580, 84, "oldest out", dashed=True),
        arrow(364, 104, 364, 146, "", "student"),
        box(254, 150, 220, 40, "then read the threshold", "student"),
        words(364, 34, "queue: what words cost lately", bold=True),
    ]
    title = (
        "A batch's losses are pushed into a queue of past losses on the left; as many old ones "
        "fall out on the right. Only then the threshold is read from the whole queue."
    )
    return picture(title, 724, 206, *parts)
