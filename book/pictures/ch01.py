"""Chapter 1."""

from pictures.draw import arrow, box, line, picture, words


def two_students() -> str:
    """One student reads what people wrote, the other what a bigger model says for the same text."""
    thai = "Thai sentences"
    parts = [
        box(16, 28, 150, 56, [thai, "people's English"], "gold"),
        arrow(170, 56, 500, 56, "A reads the original", "gold"),
        box(506, 32, 110, 48, "student A", "gold"),
        box(16, 170, 150, 56, [thai, "no English"], "plain"),
        arrow(170, 198, 222, 198, "", "quiet"),
        box(228, 150, 118, 96, ["teacher", "a bigger model"], "teacher"),
        arrow(350, 198, 500, 198, "B reads the copy", "student"),
        box(506, 174, 110, 48, "student B", "student"),
        arrow(620, 62, 664, 112, "", "quiet"),
        arrow(620, 192, 664, 142, "", "quiet"),
        words(690, 127, "test", bold=True),
        arrow(91, 88, 252, 146, "", "quiet", dashed=True),
        words(196, 104, "learns from them, once", "quiet", small=True, anchor="start"),
    ]
    title = (
        "Two students of one size. A reads sentence pairs that people wrote. B reads the same Thai "
        "sentences with what a bigger model, the teacher, says for them. Both take the same test."
    )
    return picture(title, 724, 262, *parts)


def once_and_often() -> str:
    """What is paid once, and what is paid for every sentence."""
    parts = [
        words(175, 20, "paid once", bold=True),
        box(20, 42, 140, 84, ["train the teacher", "the long part"], "teacher"),
        arrow(164, 84, 196, 84, "", "quiet"),
        box(200, 50, 130, 30, "write the copy", "teacher"),
        box(200, 88, 130, 30, "train the student", "student"),
        line(366, 10, 366, 196),
        words(540, 20, "paid for every sentence", bold=True),
    ]
    for i in range(12):
        parts.append(box(392 + 50 * (i % 6), 46 + 40 * (i // 6), 38, 28, "", "student"))
    parts += [
        words(540, 144, "a small model, one guess a word"),
        words(540, 168, "in place of a big one with five", "quiet", small=True),
        words(175, 156, "the more sentences, the less"),
        words(175, 178, "this part weighs for each of them"),
    ]
    title = (
        "On the left three boxes that are paid for once: train the teacher, let it write the copy, "
        "train the student. On the right many small boxes: every sentence that the student serves."
    )
    return picture(title, 724, 204, *parts)
