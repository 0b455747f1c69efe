"""Chapter 7."""

from pictures.draw import arrow, box, line, picture, words


def choosing() -> str:
    """Of the teacher's list, the line most like what the person wrote becomes the target."""
    listed = (
        ("We have tried it before", "q .25", "plain"),
        ("I 've tried it before", "q .16", "plain"),
        ("I have tried it before", "q .15", "good"),
        ("He has tried it before", "q .10", "plain"),
        ("I tried it once", "q .08", "plain"),
    )
    parts = [words(170, 16, "the teacher's five best", bold=True)]
    for i, (text, share, kind) in enumerate(listed):
        y = 32 + 42 * i
        parts += [
            box(20, y, 240, 34, text, kind),
            words(272, y + 17, share, "quiet", anchor="start"),
        ]
    parts += [
        words(600, 16, "a person wrote", bold=True),
        box(480, 32, 230, 40, "I have tried it already", "gold"),
        arrow(595, 76, 595, 128, "", "gold"),
        arrow(322, 152, 476, 160, "which is nearest?", "good"),
        box(480, 132, 230, 56, ["ỹ: I have tried it before", "the student's target"], "good"),
        arrow(595, 192, 595, 222, "", "good"),
        box(525, 224, 140, 34, "student", "student"),
    ]
    title = (
        "Left, five sentences of the teacher with their probabilities. Right, what a person wrote: "
        "I have tried it already. The third of the five, I have tried it before, is nearest to it "
        "and becomes the student's target."
    )
    return picture(title, 724, 268, *parts)


def two_sides() -> str:
    """Where each method puts its hand: on the data, or on the loss."""
    parts = [
        words(185, 18, "on the data", bold=True),
        words(185, 38, "other targets, the same loss", "quiet", small=True),
        words(545, 18, "on the loss", bold=True),
        words(545, 38, "the same targets, another loss", "quiet", small=True),
        line(365, 10, 365, 190),
        box(30, 58, 140, 48, ["Seq-KD", "ŷ"], "student"),
        box(200, 58, 140, 48, ["Seq-Inter", "ỹ"], "good"),
        box(475, 58, 140, 48, ["Word-KD", "q at each word"], "soft"),
        box(265, 140, 200, 48, ["Seq-KD + Word-KD", "ŷ, and q after ŷ"], "ink"),
        arrow(100, 108, 280, 138, "", "student"),
        arrow(545, 108, 450, 138, "", "soft"),
    ]
    title = (
        "Two sides. On the data: Seq-KD and Seq-Inter, which change the targets. On the loss: "
        "Word-KD. Between them their combination, Seq-KD with Word-KD."
    )
    return picture(title, 724, 200, *parts)
