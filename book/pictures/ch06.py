"""Chapter 6."""

from pictures.draw import COLOURS, arrow, bars, box, line, picture, words


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


def search_or_more() -> str:
    """A gain in greedy BLEU, cut in two at what beam 5 gives to the student on gold."""
    low, beam, high = 150, 76, 52
    parts = [
        words(150, 216, "student on gold"),
        words(400, 216, "student on ŷ"),
        line(40, 190, 520, 190),
        f'<rect x="110" y="{low}" width="34" height="{190 - low}" style="fill:{COLOURS["gold"]}"/>',
        f'<rect x="156" y="{beam}" width="34" height="{190 - beam}" '
        f'style="fill:{COLOURS["gold"]}"/>',
        f'<rect x="360" y="{high + 4}" width="34" height="{186 - high}" '
        f'style="fill:{COLOURS["student"]}"/>',
        f'<rect x="406" y="{high}" width="34" height="{190 - high}" '
        f'style="fill:{COLOURS["student"]}"/>',
        words(127, low - 12, "greedy", small=True),
        words(173, beam - 12, "beam 5", small=True),
        words(372, high - 10, "greedy", small=True),
        words(430, high - 24, "beam 5", small=True),
        line(194, beam, 560, beam, "ink"),
        line(148, low, 560, low, "ink"),
        line(444, high, 560, high, "ink"),
        words(572, (low + beam) / 2, "search: S", anchor="start", bold=True),
        words(572, (beam + high) / 2, "something else", anchor="start", bold=True),
    ]
    title = (
        "Bars of BLEU for two students, each with greedy search and with beam 5. From the student "
        "on gold with greedy search up to its beam 5 the gain is search. From there to the bars of "
        "the student on ŷ it is something else."
    )
    return picture(title, 724, 232, *parts)
