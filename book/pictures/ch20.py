"""Chapter 20."""

from pictures.draw import arrow, box, line, picture, words


def question_first() -> str:
    """What you have decides before any table does."""
    parts = [
        words(362, 18, "Ask yourself, in this order", bold=True),
        box(20, 40, 210, 46, "Must it be small or fast?", "ink"),
        arrow(234, 63, 288, 63, "no"),
        box(292, 40, 190, 46, "Serve the teacher.", "teacher"),
        arrow(125, 90, 125, 116, "", "student"),
        box(20, 120, 210, 46, "May it search with a beam?", "ink"),
        arrow(234, 143, 288, 143, "no"),
        box(292, 120, 190, 46, ["Seq-KD", "the first thing to try"], "student"),
        arrow(125, 170, 125, 196, "", "student"),
        box(20, 200, 210, 46, "Is a point worth a week?", "ink"),
        arrow(234, 223, 288, 223, "no"),
        box(292, 200, 190, 46, ["Seq-KD or Word-KD", "whichever is at hand"], "student"),
        arrow(125, 250, 125, 276, "", "student"),
        box(20, 280, 462, 40, "Sweep: an ensemble, more sources, base+kd; with controls.", "soft"),
        words(104, 103, "yes", "quiet", small=True),
        words(104, 183, "yes", "quiet", small=True),
        words(104, 263, "yes", "quiet", small=True),
        line(520, 40, 520, 320),
        words(622, 100, "No question asks", small=True),
        words(622, 120, "which method is best.", small=True),
        words(622, 160, "The table below", "quiet", small=True),
        words(622, 180, "could not answer it.", "quiet", small=True),
    ]  # fmt: skip
    title = (
        "Three questions in a column. Must it be small or fast? If not, serve the teacher. May it "
        "search with a beam? If not, use Seq-KD. Is a point worth a week? If not, take Seq-KD or "
        "Word-KD, whichever is at hand. Else sweep an ensemble, more sources, and base with kd."
    )
    return picture(title, 724, 334, *parts)


def industry() -> str:
    """The recipe that ends in a reader's browser."""
    steps = (
        (["ensemble", "three teachers"], "teacher"), (["write ŷ", "for any source"], "teacher"),
        (["tiny student", "on ŷ alone"], "student"), (["int8", "a few megabytes"], "student"),
        (["a browser", "greedy, offline"], "ink"),
    )  # fmt: skip
    parts = [words(362, 18, "One paper, at work", bold=True)]
    for i, (lines, kind) in enumerate(steps):
        x = 8 + 144 * i
        parts.append(box(x, 40, 124, 54, lines, kind))
        if i:
            parts.append(arrow(x - 18, 67, x - 2, 67, ""))
    chapters = ("chapter 20", "chapter 19", "chapter 6", "chapter 8", "")
    for i, chapter in enumerate(chapters):
        parts.append(words(70 + 144 * i, 114, chapter, "quiet", small=True))
    title = (
        "Five boxes in a row: an ensemble of three teachers writes sentences for any source text, "
        "a tiny student learns them alone, int8 makes it a few megabytes, and it runs in a browser."
    )
    return picture(title, 724, 130, *parts)
