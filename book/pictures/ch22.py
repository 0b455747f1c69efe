"""Chapter 22."""

from pictures.draw import arrow, box, line, picture, words


def a_map() -> str:
    """Families by who teaches whom: one or many on either side."""
    parts = [
        words(200, 18, "one student", bold=True),
        words(550, 18, "many languages or domains", bold=True),
        line(380, 8, 380, 250), line(16, 132, 708, 132),
        box(30, 40, 330, 34, "this book: word, sentence, selection, layers", "student"),
        box(30, 84, 330, 34, "its own earlier self: born again, life-long", "soft"),
        box(400, 40, 304, 34, "a teacher each, one student for all", "teacher"),
        box(400, 84, 304, 34, "distil, adapt, distil: one domain", "teacher"),
        box(30, 156, 330, 34, "an ensemble: many teachers, one opinion", "teacher"),
        box(30, 200, 330, 34, "collective wisdom: whom to trust, by sentence", "teacher"),
        box(400, 156, 304, 34, "language families: relatives teach", "gold"),
        box(400, 200, 304, 34, "zero-resource: a teacher of another pair", "gold"),
    ]  # fmt: skip
    title = (
        "A map of four fields. One student: this book's methods, and a student's own earlier self. "
        "Many languages or domains: one teacher for each, and distil-adapt-distil. Below, several "
        "teachers: ensembles, collective wisdom; and relatives: language families, zero-resource."
    )
    return picture(title, 724, 258, *parts)


def forgetting() -> str:
    """A model that learns a second thing loses the first, unless its old self says it again."""
    parts = [
        box(16, 70, 130, 50, ["student", "knows A"], "student"),
        arrow(150, 84, 226, 50, ""),
        words(176, 40, "learns B", "quiet", small=True),
        arrow(150, 108, 226, 140, ""),
        box(230, 26, 150, 48, ["B alone", "A fades"], "quiet"),
        box(230, 116, 150, 48, ["B, and its own", "old sentences on A"], "soft"),
        arrow(384, 50, 450, 50, "", "quiet"),
        arrow(384, 140, 450, 140, "", "soft"),
        box(454, 26, 250, 48, "knows B, and little of A", "quiet"),
        box(454, 116, 250, 48, "knows B, and still A", "student"),
    ]
    title = (
        "A student that knows A learns B. Above, from B alone: it then knows B and little of A. "
        "Below, from B and its own old sentences on A: it knows both."
    )
    return picture(title, 724, 184, *parts)
