"""Chapter 4."""

from pictures.draw import arrow, box, picture, words


def search_tree() -> str:
    """R1's beginnings: greedy takes I, and the mode is behind We."""
    parts = [
        box(10, 106, 70, 32, "start", "quiet"),
        arrow(84, 116, 150, 56, "", "student"), arrow(84, 130, 150, 188, "", "gold"),
        box(156, 36, 84, 36, ["I", ".55"], "student"), box(156, 172, 84, 36, ["We", ".35"], "gold"),
        arrow(244, 44, 310, 26, "", "student"), arrow(244, 54, 310, 62, "", "quiet"),
        arrow(244, 62, 310, 104, "", "quiet"),
        box(314, 8, 96, 34, "have .40", "student"), box(314, 48, 96, 34, "'ve .36", "quiet"),
        box(314, 88, 96, 34, "tried .24", "quiet"),
        arrow(244, 184, 310, 168, "", "gold"), arrow(244, 196, 310, 216, "", "quiet"),
        box(314, 148, 96, 34, "have .80", "gold"), box(314, 198, 96, 34, "tried .20", "quiet"),
        arrow(414, 25, 446, 25, "", "student"), arrow(414, 165, 446, 165, "", "gold"),
        words(452, 18, "I have tried it before .", anchor="start"),
        words(452, 38, "greedy, .154", "quiet", small=True, anchor="start"),
        words(452, 158, "We have tried it before .", anchor="start", bold=True),
        words(452, 178, "the mode, .252", "quiet", small=True, anchor="start"),
        words(452, 105, "The better branch begins worse.", "quiet", small=True, anchor="start"),
    ]  # fmt: skip
    title = (
        "A tree. From the start, I with .55 and We with .35. I splits into have, 've and tried; We "
        "mostly goes on with have. Greedy search follows I and ends at .154; the mode, We have "
        "tried it before, has .252."
    )
    return picture(title, 724, 244, *parts)
