"""Chapter 12."""

from pictures.draw import box, line, picture, words


def three_stories() -> str:
    """One observation, three explanations and a fourth, and what each looks at."""
    parts = [box(252, 8, 220, 44, ["Seq-KD beats gold", "why?"], "student")]
    stories = (
        ("S: search", "one peak is easy to find", "quiet"),
        ("H1: simpler", "one answer in place of ten", "gold"),
        ("H2: another", "a second right answer", "soft"),
        ("H3: first choice", "the teacher's top word", "teacher"),
    )
    for i, (name, told, kind) in enumerate(stories):
        x = 8 + 180 * i
        parts += [line(362, 54, x + 84, 90), box(x, 92, 168, 56, [name, told], kind)]
    parts.append(words(362, 176, "Only an experiment in which they disagree can decide.", "quiet"))
    title = (
        "Seq-KD beats gold, and four explanations hang from it: S, search, one peak is easy to "
        "find; H1, simpler targets; H2, another answer; H3, the teacher's first choice."
    )
    return picture(title, 724, 192, *parts)
