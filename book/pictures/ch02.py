"""Chapter 2."""

from pictures.draw import COLOURS, arrow, box, picture, words

ANSWERS = (
    ("We have tried it before .", 0.252), ("I 've tried it before .", 0.158),
    ("I have tried it before .", 0.154), ("He has tried it before .", 0.1),
    ("… and six more", 0.336),
)  # fmt: skip


def one_and_many() -> str:
    """One Thai sentence, and the English sentences that share its probability."""
    parts = [
        box(16, 70, 190, 62, ["เคยลองทำแล้วครับ", "five words, no subject"], "teacher"),
        arrow(212, 101, 276, 101, "", "quiet"),
    ]
    for i, (text, share) in enumerate(ANSWERS):
        y = 22 + 38 * i
        parts += [
            f'<rect x="290" y="{y}" width="{420 * share:.0f}" height="24" rx="3" '
            f'style="fill:{COLOURS["gold"]};opacity:0.35"/>',
            words(300, y + 12, text, anchor="start"),
            words(704, y + 12, f"{share:.0%}" if i < 4 else "", "quiet", small=True, anchor="end"),
        ]
    title = (
        "A Thai sentence without a subject on the left. On the right its English translations with "
        "bars for their probability: We have tried it before, I've tried it before, I have tried "
        "it before, He has tried it before, and six more."
    )
    return picture(title, 724, 216, *parts)


def four_words_for_one() -> str:
    """What a Thai sentence may leave out, and what English must then invent."""
    rows = (("who did it", "I, we, he"), ("to what", "it"), ("when", "have tried, tried"),
            ("how many", "book, books"))  # fmt: skip
    parts = [words(160, 18, "Thai may leave out", bold=True),
             words(560, 18, "English must choose", bold=True)]  # fmt: skip
    for i, (left, right) in enumerate(rows):
        y = 36 + 42 * i
        parts += [
            box(60, y, 200, 32, left, "teacher"),
            arrow(266, y + 16, 430, y + 16, "", "quiet", dashed=True),
            box(440, y, 240, 32, right, "gold"),
        ]
    title = (
        "Four rows. Thai may leave out who did it, to what, when, how many. English must choose "
        "I, we or he; it; have tried or tried; book or books."
    )
    return picture(title, 724, 212, *parts)
