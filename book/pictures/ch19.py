"""Chapter 19."""

from pictures.draw import arrow, box, picture, words


def four_ways() -> str:
    """Four kinds of pair, and which side of each a person wrote."""
    rows = (
        ("Seq-KD", "person's Thai", "teacher's English", "forth", None),
        ("forward", "more Thai, no English", "teacher's English", "forth", None),
        ("back", "reverse model's Thai", "person's English", "back", None),
        ("round trip", "reverse model's Thai", "teacher's English", "forth", "English, no Thai"),
    )  # fmt: skip
    parts = [
        words(250, 16, "source", bold=True), words(590, 16, "target", bold=True),
    ]  # fmt: skip
    for i, (name, source, target, way, start) in enumerate(rows):
        y = 32 + 58 * i
        human = "person" in source or "more Thai" in source
        parts += [
            words(16, y + 20, name, bold=True, anchor="start"),
            box(130, y, 230, 40, source, "gold" if human else "quiet"),
            box(480, y, 220, 40, target, "gold" if "person" in target else "teacher"),
        ]
        if way == "forth":
            parts.append(arrow(364, y + 20, 474, y + 20, "teacher", "teacher"))
        else:
            parts.append(arrow(474, y + 20, 366, y + 20, "reverse model", "quiet"))
        if start:
            parts += [
                box(130, y + 62, 230, 36, start, "gold"),
                arrow(245, y + 60, 245, y + 44, "", "quiet"),
            ]
    title = (
        "Four rows of source and target. Seq-KD and forward translation have a person's Thai and "
        "the teacher's English. Back-translation has a reverse model's Thai and a person's "
        "English. In a round trip both are made by models, from English that a person wrote."
    )
    return picture(title, 724, 312, *parts)


def lost_on_the_way() -> str:
    """R3 there and back: what Thai does not say cannot return."""
    parts = [
        box(30, 24, 200, 58, ["They brought the book", "to show us ."], "gold"),
        arrow(234, 53, 318, 53, "back"),
        box(322, 24, 170, 58, ["เขาเอาหนังสือมาให้ดู", "who? which? to whom?"], "quiet"),
        arrow(430, 86, 496, 124, "forth", above=False),
        box(500, 108, 200, 58, ["He brought a book", "to show me ."], "teacher"),
        words(230, 133, "They, the, us: lost on the way", "ink"),
    ]
    title = (
        "They brought the book to show us becomes a Thai sentence that says neither who, nor which "
        "book, nor to whom. From it the teacher makes: He brought a book to show me."
    )
    return picture(title, 724, 172, *parts)
