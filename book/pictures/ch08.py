"""Chapter 8."""

from pictures.draw import COLOURS, EDGE, arrow, box, picture, words


def two_factors() -> str:
    """From the teacher with a beam to the student without one, in two steps."""
    parts = [
        box(16, 60, 160, 60, ["teacher, beam 5", "big, five guesses"], "teacher"),
        arrow(180, 90, 276, 90, "search"),
        box(280, 60, 160, 60, ["teacher, greedy", "big, one guess"], "teacher"),
        arrow(444, 90, 540, 90, "size"),
        box(544, 66, 160, 48, ["student, greedy", "small, one guess"], "student"),
        words(228, 130, "fewer guesses", "quiet", small=True),
        words(492, 130, "fewer weights", "quiet", small=True),
        words(360, 26, "A speed-up is a product", bold=True),
        words(
            360, 172, "Distillation makes neither step. It makes the first one cost little quality."
        ),
    ]
    title = (
        "From the teacher with beam 5 an arrow named search leads to the teacher with greedy "
        "search, and from there one named size to the student with greedy search. The two factors "
        "multiply."
    )
    return picture(title, 724, 192, *parts)


def zeros() -> str:
    """A matrix with zeros in it: as many products, fewer bytes."""
    parts = [words(120, 18, "pruned matrix", bold=True), words(560, 18, "what it saves", bold=True)]
    filled = {(0, 1), (1, 4), (2, 2), (3, 0), (3, 5), (0, 4)}
    for row in range(4):
        for column in range(6):
            colour = COLOURS["student"] if (row, column) in filled else "none"
            parts.append(
                f'<rect x="{30 + 30 * column}" y="{36 + 30 * row}" width="26" height="26" '
                f'style="fill:{colour};stroke:{EDGE}"/>'
            )
    parts += [
        arrow(236, 70, 330, 70, "", "student"),
        arrow(236, 126, 330, 126, "", "quiet"),
        box(336, 48, 368, 42, "file: only what is left is stored, much smaller", "student"),
        box(336, 106, 368, 42, "time: every product is made, zero or not", "quiet"),
    ]
    title = (
        "A matrix of 24 cells, six of which are filled. In a file only these are stored. A dense "
        "product multiplies all 24, so it takes as long as before."
    )
    return picture(title, 724, 176, *parts)
