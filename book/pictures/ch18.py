"""Chapter 18."""

from pictures.draw import arrow, box, line, picture, words


def two_roads() -> str:
    """Words behind the reference, a sentence behind ŷ, and a gate where the roads meet."""
    parts = [
        box(10, 86, 104, 50, ("source", "Thai"), "plain"),
        arrow(118, 100, 172, 58),
        arrow(118, 122, 172, 166),
        box(176, 22, 176, 62, ("behind y", "the human's beginning"), "gold"),
        box(176, 138, 176, 62, ("behind ŷ", "the teacher's sentence"), "teacher"),
        arrow(356, 53, 392, 53),
        arrow(356, 169, 392, 169),
        box(396, 22, 150, 62, ("words", "all probabilities"), "soft"),
        box(396, 138, 150, 62, ("sentence", "one answer"), "student"),
        arrow(550, 53, 606, 96, "g"),
        arrow(550, 169, 606, 128, "1 - g", above=False),
        box(610, 82, 104, 58, ("gate", "one number"), "good"),
    ]
    title = (
        "A Thai source goes two ways: behind the human reference y the student learns all "
        "probabilities of words, behind the teacher's sentence it learns one answer. A gate mixes "
        "them with weights g and 1 minus g."
    )
    return picture(title, 724, 216, *parts)


def slope() -> str:
    """The mixed loss over g, a falling line for the copy and a rising one for the parrot."""
    floor, top, unit = 164, 34, 90
    panels = (("the copy: down to words", 1.24, 0.0), ("the parrot: down to sentences", 0.07, 1.30))
    parts = []
    for i, (name, sentence, token) in enumerate(panels):
        x = 60 + 350 * i
        left, right = floor - unit * sentence, floor - unit * token
        middle = (left + right) / 2
        down = 1 if right > left else -1
        slant = (right - left) / 250
        parts += [
            words(x + 125, 14, name, bold=True),
            line(x, top, x, floor),
            line(x, floor, x + 250, floor),
            f'<line x1="{x}" y1="{left:g}" x2="{x + 250}" y2="{right:g}" stroke-width="2.5" '
            'style="stroke:#8a7a00"/>',
            arrow(x + 125, middle - 14, x + 125 + 80 * down, middle + 80 * down * slant - 14),
            words(x, floor + 16, "g = 0", small=True),
            words(x + 250, floor + 16, "g = 1", small=True),
            words(x + 125, floor + 16, "sentences ← → words", "quiet", small=True),
            words(x - 22, left, f"{sentence:.2f}", "quiet", small=True),
            words(x + 272, right, f"{token:.2f}", "quiet", small=True),
        ]
    title = (
        "Two straight lines of the mixed loss over the gate g, for R2. For the copy it falls from "
        "1.24 at g = 0 to 0 at g = 1, so the gate goes to words; for the parrot it rises from .07 "
        "to 1.30, so the gate goes to sentences."
    )
    return picture(title, 724, 196, *parts)
