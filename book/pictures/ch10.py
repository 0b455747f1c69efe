"""Chapter 10."""

from pictures.draw import COLOURS, arrow, box, line, picture, words

Y, Y_HAT = ["a person's y", "I have tried it already"], ["teacher's ŷ", "We have tried it before"]


def two_answers() -> str:
    """Three files for one source: y, ŷ, and both."""
    parts = []
    for i, (name, answers) in enumerate(
        (("base", (Y,)), ("kd", (Y_HAT,)), ("base+kd", (Y, Y_HAT)))
    ):
        x = 14 + 240 * i
        parts += [
            words(x + 108, 16, name, bold=True),
            box(x + 48, 34, 120, 34, "one source"),
            box(x + 58, 256, 100, 38, "student", "student"),
        ]
        tops = (136,) if len(answers) == 1 else (104, 170)
        for y, answer in zip(tops, answers, strict=True):
            kind = "gold" if answer is Y else "student"
            parts.append(box(x + 14, y, 188, 54, answer, kind))
        parts += [
            arrow(x + 108, 70, x + 108, tops[0] - 4),
            arrow(x + 108, tops[-1] + 56, x + 108, 252),
        ]
    title = (
        "Three columns. In base, one source leads to what a person wrote; in kd, to what the "
        "teacher says; in base+kd, to both, one after the other. Each leads to a student."
    )
    return picture(title, 724, 304, *parts)


def three_stories() -> str:
    """Three students along the dropout dial, as H1, H2 and S tell it."""
    stories = (
        ("H1: simpler targets", ((60, 60), (88, 88), (128, 128))),
        ("H2: a second answer", ((92, 56), (64, 52), (132, 62))),
        ("S: search, with beam 5", ((72, 72), (78, 78), (84, 84))),
    )
    kinds = (("kd", "student", ""), ("base+kd", "good", ""), ("base", "gold", "6 4"))
    parts = []
    for i, (name, lines) in enumerate(stories):
        x = 24 + 240 * i
        parts += [
            words(x + 98, 16, name, bold=True),
            line(x, 152, x + 196, 152),
            line(x, 34, x, 152),
            words(x, 168, "no dropout", "quiet", small=True, anchor="start"),
            words(x + 196, 168, "much", "quiet", small=True, anchor="end"),
        ]
        for (left, right), (_, kind, dashes) in zip(lines, kinds, strict=True):
            parts.append(
                f'<line x1="{x + 8}" y1="{left}" x2="{x + 190}" y2="{right}" stroke-width="3" '
                f'stroke-dasharray="{dashes or "none"}" style="stroke:{COLOURS[kind]}"/>'
            )
    for i, (name, kind, dashes) in enumerate(kinds):
        x = 190 + 130 * i
        parts += [
            f'<line x1="{x}" y1="198" x2="{x + 34}" y2="198" stroke-width="3" '
            f'stroke-dasharray="{dashes or "none"}" style="stroke:{COLOURS[kind]}"/>',
            words(x + 42, 198, name, anchor="start"),
        ]
    title = (
        "Three small charts of how good a student is, from no dropout to much. H1: kd above "
        "base+kd above base, level lines. H2: base+kd highest and base lowest at the left, nearly "
        "together at the right. S: the three lines lie together."
    )
    return picture(title, 724, 216, *parts)
