"""Chapter 16."""

from pictures.draw import arrow, bars, box, picture, words


def same_first() -> str:
    """Near in probability with another first word, far with the same one."""
    names = ["I", "We", "He"]
    panels = (
        ("the teacher", (0.55, 0.35, 0.10), "teacher", ""),
        ("student A: nearly right", (0.42, 0.48, 0.10), "soft", "says We"),
        ("student B: far too sure", (0.90, 0.06, 0.04), "good", "says I"),
    )
    parts = []
    for i, (title, shares, kind, said) in enumerate(panels):
        x = 20 + 240 * i
        parts += [words(x + 100, 18, title, bold=True), bars(x, 40, 200, 100, shares, names, kind)]
        if said:
            parts.append(words(x + 100, 178, said, "quiet", small=True))
    title = (
        "Three distributions over I, We and He. The teacher has I first. Student A is near to it "
        "but has We first. Student B is far from it, nearly all on I, and has the same first word."
    )
    return picture(title, 724, 194, *parts)


def guesses() -> str:
    """The passes of TIE-KD: the next one reads what the student has just guessed."""
    first = ("(begin)", "We", "tried", "it")
    guessed = ("I", "have", "it", "once")
    second = ("(begin)", "I", "have", "it")
    parts = []
    for y, head, row, kind in (
        (14, "pass 1 reads gold", first, "gold"),
        (92, "the student guesses", guessed, "student"),
        (170, "pass 2 reads that", second, "good"),
    ):
        parts.append(words(8, y + 20, head, anchor="start", small=True))
        parts += [box(160 + 140 * j, y, 116, 40, w, kind) for j, w in enumerate(row)]
    parts += [arrow(218 + 140 * j, 56, 218 + 140 * j, 88, "", "quiet") for j in range(4)]
    parts += [
        arrow(226 + 140 * j, 134, 350 + 140 * j, 166, "", "student", dashed=True) for j in range(3)
    ]
    title = (
        "Three rows of four boxes. The first pass reads the gold beginning. At every place the "
        "student guesses the next word. Shifted one place to the right, the guesses are what the "
        "second pass reads."
    )
    return picture(title, 724, 222, *parts)
