"""Chapter 9."""

import math

from pictures.draw import arrow, box, picture, words


def two_troubles() -> str:
    """Noise: a wrong answer. Ambiguity: many right ones. One file cures both."""
    parts = [
        words(130, 18, "noise", bold=True), words(400, 18, "ambiguity", bold=True),
        box(20, 36, 220, 40, "someone eats noodles", "quiet"),
        words(130, 92, "wrong: throw it away", "quiet", small=True),
        box(290, 36, 220, 40, ["She brought the book", "He brought a book"], "gold"),
        words(400, 92, "both right: choose one", "quiet", small=True),
        arrow(130, 108, 230, 156, ""), arrow(400, 108, 300, 156, ""),
        box(170, 160, 190, 44, ["the teacher's ŷ", "right, and one"], "student"),
        arrow(366, 182, 520, 182, "less to learn?", "student"),
        box(526, 160, 176, 44, ["small student", "room for the rest"], "student"),
    ]  # fmt: skip
    title = (
        "Two troubles of human targets. Noise: a wrong sentence stands beside a source. Ambiguity: "
        "several right sentences do. The teacher's sentence is right and is one, so that a small "
        "student has less to learn, says H1."
    )
    return picture(title, 724, 222, *parts)


def links() -> str:
    """What one source word is linked to, in gold and in the teacher's text, and what it costs."""
    gold = {"He": 0.45, "She": 0.35, "They": 0.20}
    parts = []
    for i, (name, kind, shares) in enumerate((
        ("gold", "gold", gold), ("the teacher's ŷ", "student", {"He": 1.0}),
    )):  # fmt: skip
        x = 30 + 360 * i
        entropy = -sum(p * math.log(p) for p in shares.values()) + 0.0
        parts += [words(x + 158, 18, name, bold=True), box(x, 86, 76, 40, "เขา", kind)]
        for place, (word, p) in enumerate(shares.items()):
            middle = 106 + 56 * (place - (len(shares) - 1) / 2)
            parts += [
                arrow(x + 80, 106, x + 200, middle, "", kind),
                box(x + 206, middle - 18, 110, 36, f"{word}  {p:.2f}", kind),
            ]
        parts.append(words(x + 158, 206, f"entropy {entropy:.2f} nats", "quiet", small=True))
    title = (
        "The Thai pronoun of R3 with the English words it is linked to. In gold three arrows, to "
        "He, She and They, with their shares; in the teacher's text one arrow, to He. Below "
        "each its entropy, which the teacher's text brings to nought."
    )
    return picture(title, 724, 222, *parts)


def three_effects() -> str:
    """A gain in three layers: search, time, noise; and what H1 is about."""
    parts = [
        words(120, 18, "Seq-KD's gain", bold=True),
        box(30, 34, 180, 60, ["search", "beam 5 takes it away"], "quiet"),
        box(30, 98, 180, 40, "time", "quiet"),
        box(30, 142, 180, 40, ["noise", "one half of H1"], "soft"),
        box(30, 186, 180, 40, ["room", "H1, strong form"], "soft"),
        arrow(216, 64, 330, 64, ""), arrow(216, 118, 330, 118, ""),
        arrow(216, 162, 330, 162, ""), arrow(216, 206, 330, 206, ""),
        words(338, 64, "search the student on gold with a beam", anchor="start"),
        words(338, 118, "train both four times as long", anchor="start"),
        words(338, 162, "corrupt a fifth of the pairs", anchor="start"),
        words(338, 206, "make the student smaller", anchor="start"),
    ]  # fmt: skip
    title = (
        "A gain in four layers: search, time, noise, room. Beside each the experiment that asks "
        "for it: a beam for the student on gold, four times the training, corrupted pairs, a "
        "smaller student."
    )
    return picture(title, 724, 240, *parts)
