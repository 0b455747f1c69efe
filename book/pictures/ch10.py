"""Chapter 10."""

from kdlab.palette import LOOKS
from pictures.draw import arrow, bars, box, line, picture, words


def two_targets() -> str:
    """One source with one target, with the other, and with both."""
    parts = []
    for i, (name, targets) in enumerate((
        ("base", [("I have tried it already .", "gold")]),
        ("kd", [("We have tried it before .", "student")]),
        ("base+kd",
         [("I have tried it already .", "gold"), ("We have tried it before .", "student")]),
    )):  # fmt: skip
        x = 12 + 242 * i
        parts += [words(x + 108, 16, name, bold=True), box(x + 58, 30, 100, 32, "R1", "teacher")]
        for j, (text, kind) in enumerate(targets):
            y = 96 + 48 * j
            parts.append(box(x, y, 216, 36, text, kind))
        parts.append(arrow(x + 108, 66, x + 108, 92, ""))
    title = (
        "R1 with its target in three training sets. In base the person's sentence, in kd the "
        "teacher's, in base+kd both, one below the other."
    )
    return picture(title, 740, 192, *parts)


def by_heart() -> str:
    """Train and dev: a student that learned by heart, and one that met two answers."""
    parts = []
    for i, (name, train, dev) in enumerate((("one answer", 0.95, 0.5), ("two answers", 0.7, 0.58))):
        x = 60 + 340 * i
        parts += [
            words(x + 110, 16, name, bold=True),
            bars(x, 34, 220, 110, [train, dev], ["train", "dev"], "gold" if not i else "student"),
            line(x, 144, x + 220, 144),
            words(x + 110, 184, ("a wide gap", "a narrower one")[i], "quiet", small=True),
        ]
    title = (
        "Bars for how well a student does on training text and on dev text. With one answer a "
        "source the two lie far apart; with two answers they lie closer together."
    )
    return picture(title, 724, 200, *parts)


def three_stories() -> str:
    """Three students along the dropout dial, as H1, H2 and S tell it."""
    stories = (
        ("H1: simpler targets", ((60, 60), (88, 88), (128, 128))),
        ("H2: a second answer", ((92, 56), (64, 52), (132, 62))),
        ("S: search", ((72, 72), (78, 78), (84, 84))),
    )
    kinds = (
        ("kd", LOOKS["seq_kd"].colour, "none"),
        ("base+kd", LOOKS["base_and_kd"].colour, "2 4"),
        ("base", LOOKS["baseline"].colour, "9 5"),
    )
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
        for (left, right), (_, colour, dashes) in zip(lines, kinds, strict=True):
            parts.append(
                f'<line x1="{x + 8}" y1="{left}" x2="{x + 190}" y2="{right}" stroke-width="3" '
                f'stroke-dasharray="{dashes}" style="stroke:{colour}"/>'
            )
    for i, (name, colour, dashes) in enumerate(kinds):
        x = 200 + 130 * i
        parts += [
            f'<line x1="{x}" y1="198" x2="{x + 34}" y2="198" stroke-width="3" '
            f'stroke-dasharray="{dashes}" style="stroke:{colour}"/>',
            words(x + 42, 198, name, anchor="start"),
        ]
    title = (
        "Three small charts of how good a student is, from no dropout to much. H1: kd above "
        "base+kd above base, level lines. H2: base+kd highest and base lowest at the left, nearly "
        "together at the right. S: the three lines lie together."
    )
    return picture(title, 724, 216, *parts)
