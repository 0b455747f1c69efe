"""Chapter 21."""

from pictures.draw import bars, box, line, picture, words


def whose_beginning() -> str:
    """A map of methods: who wrote the beginning, and what is compared after it."""
    columns = ("a person's", "the teacher's", "the student's")
    rows = (("one word", 92), ("a distribution", 186))
    cells = {
        ("a person's", "one word"): (["gold alone", "chapter 3"], "gold"),
        ("the teacher's", "one word"): (["Seq-KD", "chapter 6"], "student"),
        ("the student's", "one word"): (["teacher corrects", "imitation learning"], "plain"),
        ("a person's", "a distribution"): (["Word-KD", "chapter 5"], "soft"),
        ("the teacher's", "a distribution"): (["Seq-KD + Word-KD", "both chapters"], "soft"),
        ("the student's", "a distribution"): (["on-policy", "GKD, this chapter"], "good"),
    }
    parts = [
        words(430, 18, "Whose words stand before the next one?", bold=True),
        words(14, 68, "What is", anchor="start", bold=True),
        words(14, 86, "compared?", anchor="start", bold=True),
        line(130, 64, 712, 64),
    ]
    for i, column in enumerate(columns):
        parts.append(words(220 + 200 * i, 46, column))
        for row, y in rows:
            lines, kind = cells[column, row]
            parts.append(box(130 + 200 * i, y, 180, 64, lines, kind))
    parts += [words(14, y + 32, row, anchor="start") for row, y in rows]
    title = (
        "A map with two rows and three columns. Columns say who wrote the beginning: a person, the "
        "teacher, the student. Rows say what is compared: one word, or a distribution. Gold, "
        "Seq-KD and imitation stand in the first row; Word-KD, its combination with Seq-KD, and "
        "on-policy distillation in the second."
    )
    return picture(title, 724, 264, *parts)


def two_peaks() -> str:
    """A student with one peak before a teacher with two: it covers both, or picks one."""
    teacher = [0.1, 0.45, 0.9, 0.45, 0.1, 0.05, 0.1, 0.35, 0.65, 0.35, 0.1]
    covers = [0.2, 0.33, 0.42, 0.48, 0.5, 0.5, 0.48, 0.43, 0.36, 0.27, 0.18]
    picks = [0.12, 0.48, 0.95, 0.48, 0.12, 0.03, 0.01, 0.01, 0.01, 0.01, 0.01]
    parts = []
    for i, (title, shares, kind) in enumerate(
        (("the teacher", teacher, "teacher"), ("forward KL: cover all", covers, "soft"),
         ("reverse KL: pick one", picks, "good"))
    ):  # fmt: skip
        x = 14 + 240 * i
        parts += [words(x + 105, 18, title, bold=True), bars(x, 34, 210, 110, shares, (), kind)]
        parts.append(line(x, 144, x + 210, 144))
    title = (
        "Three rows of bars. The teacher's have two peaks. A student that can have only one, "
        "trained by forward KL, spreads over both and over the valley between them; by reverse KL "
        "it stands on the higher peak and leaves the other."
    )
    return picture(title, 724, 160, *parts)
