"""Chapter 6."""

from pictures.draw import arrow, bars, box, picture, words


def three_ways() -> str:
    """The three ways to distil, side by side: what the student is shown of its teacher."""
    parts = []
    for i, (title, shown) in enumerate(
        (("Gold alone", "what a person wrote"), ("Word-level KD", "a distribution at each word"),
         ("Sequence-level KD", "one sentence of its own"))
    ):  # fmt: skip
        x = 20 + 240 * i
        parts += [
            words(x + 100, 18, title, bold=True),
            words(x + 100, 38, shown, "quiet", small=True),
        ]
        parts.append(box(x + 50, 250, 100, 40, "student", "student"))
    parts += [
        box(20 + 30, 70, 140, 60, ["human", "I have tried it"], "gold"),
        arrow(120, 132, 120, 246, "", "gold"),
        box(260 + 50, 60, 100, 34, "teacher", "teacher"),
        bars(260 + 30, 110, 140, 70, [0.75, 0.6, 0.2, 0.1], ["It", "I", "We", "…"], "soft"),
        arrow(360, 206, 360, 246, "", "soft"),
        box(500 + 50, 60, 100, 34, "teacher", "teacher"),
        arrow(600, 96, 600, 128, "", "teacher"),
        box(500 + 25, 132, 150, 50, ["beam search", "It has been tried"], "student"),
        arrow(600, 184, 600, 246, "", "student"),
    ]
    title = (
        "Three students side by side. The first learns from a human sentence; the second from the "
        "teacher's probabilities of the next word; the third from the one sentence that the "
        "teacher's beam search ends on."
    )
    return picture(title, 720, 300, *parts)
