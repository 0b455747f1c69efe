"""Chapter 18."""

from pictures.draw import arrow, bars, box, line, picture, words


def two_passes() -> str:
    """One source, two prefixes, two losses, and a gate between them."""
    parts = [
        box(16, 96, 104, 44, "Thai source", "plain"),
        arrow(124, 108, 176, 66, "", "quiet"),
        arrow(124, 128, 176, 170, "", "quiet"),
        box(180, 40, 190, 48, ["decoder, first pass", "reads the reference y"], "gold"),
        box(180, 148, 190, 48, ["decoder, second pass", "reads the teacher's ŷ"], "teacher"),
        arrow(374, 64, 426, 64, "", "soft"),
        arrow(374, 172, 426, 172, "", "student"),
        box(430, 40, 130, 48, ["token loss", "all words' shares"], "soft"),
        box(430, 148, 130, 48, ["sentence loss", "one sentence"], "student"),
        arrow(564, 72, 606, 102, "", "soft"),
        arrow(564, 164, 606, 134, "", "student"),
        box(610, 94, 96, 48, ["gate", "g : 1 − g"], "ink"),
    ]
    title = (
        "A Thai source goes through the decoder twice: once behind the reference, which gives the "
        "token loss, and once behind the teacher's sentence, which gives the sentence loss. A gate "
        "weighs the two."
    )
    return picture(title, 724, 236, *parts)


def smaller_wins() -> str:
    """A gate that learns on the mixed loss goes to the smaller bar."""
    parts = [
        bars(40, 40, 170, 110, [0.85, 0.35], ["token", "sentence"], "soft"),
        line(40, 150, 210, 150),
        words(125, 22, "two losses", bold=True),
        arrow(236, 96, 316, 96, "learns g"),
        words(500, 22, "the gate after training", bold=True),
        line(350, 96, 650, 96, "ink"),
        words(350, 120, "0: sentences", small=True),
        words(650, 120, "1: words", small=True),
        words(500, 76, "½", small=True),
        '<circle cx="500" cy="96" r="6" style="fill:none;stroke:#767676;stroke-width:2"/>',
        '<circle cx="368" cy="96" r="8" style="fill:#0f7fc0"/>',
        arrow(490, 84, 380, 84, "", "student"),
        words(500, 152, "It went where the number is smaller."),
        words(500, 174, "Nobody asked what teaches better.", "quiet", small=True),
    ]
    title = (
        "On the left two losses, token large and sentence small. On the right the gate between 0 "
        "and 1: it began in the middle and has moved to sentences, where the loss is smaller."
    )
    return picture(title, 724, 190, *parts)
