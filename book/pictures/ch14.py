"""Chapter 14."""

from pictures.draw import COLOURS, arrow, bars, box, picture, words


def _dot(x: float, y: float, kind: str, size: float = 7) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" style="fill:{COLOURS[kind]}"/>'


def _ring(x: float, y: float, radius: float) -> str:
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke-dasharray="5 4" '
        f'style="stroke:{COLOURS["quiet"]}"/>'
    )


def lookup() -> str:
    """Five remembered places around the one where the model stands, and their vote."""
    here = (190, 144)
    places = (  # as far from the middle as the roots of 10, 12, 20, 30 and 45 say
        (141, 116, "before"), (246, 118, "already"), (204, 65, "before"), (97, 178, "once"),
        (295, 204, "before"),
    )  # fmt: skip
    others = ((30, 40), (42, 92), (345, 50), (390, 116), (400, 190), (40, 244), (330, 262))
    parts = [_ring(*here, 132)]
    parts += [_dot(x, y, "plain", 4) for x, y in others]
    for x, y, word in places:
        parts += [_dot(x, y, "soft"), words(x, y - 17, word, small=True)]
    parts += [
        _dot(*here, "ink", 8),
        words(here[0], here[1] + 22, "I have tried it …", bold=True),
        arrow(430, 144, 490, 144, "vote"),
        bars(
            504, 78, 210, 120, (0.583, 0.296, 0.120),
            ("before .583", "already .296", "once .120"), "soft",
        ),
        words(190, 296, "outside: places too far away to be asked", "quiet", small=True),
    ]  # fmt: skip
    title = (
        "A map of remembered places. In the middle stands 'I have tried it'. Around it lie five "
        "places labelled before, already, before, once and before; others are far away. An arrow "
        "leads to their vote: before .583, already .296, once .120."
    )
    return picture(title, 724, 310, *parts)


def once_or_always() -> str:
    """Two time lines: a memory that is asked while a reader waits, and one asked beforehand."""
    parts = [
        words(230, 16, "beforehand", "quiet", small=True),
        words(566, 16, "while somebody waits", "quiet", small=True),
        '<line x1="424" y1="8" x2="424" y2="212" stroke-dasharray="5 4" '
        f'style="stroke:{COLOURS["quiet"]}"/>',
    ]
    for y, name in ((36, "kNN-MT"), (130, "kNN-KD")):
        parts += [
            words(8, y + 30, name, anchor="start", bold=True),
            box(76, y, 96, 60, ("memory", "filled once"), "teacher"),
        ]
    for j in range(3):
        x = 440 + 94 * j
        parts.append(box(x, 36, 84, 60, ("word", "search"), "soft"))
        parts.append(box(x, 130, 84, 60, ("word", "no search"), "student"))
    parts += [
        arrow(176, 66, 434, 66, "the memory comes along"),
        arrow(176, 160, 194, 160),
        box(198, 130, 96, 60, ("search", "once a place"), "soft"),
        arrow(298, 160, 316, 160),
        box(320, 130, 92, 60, ("student", "learns votes"), "student"),
        arrow(414, 160, 436, 160),
        words(246, 206, "then the memory is deleted", "quiet", small=True),
    ]
    title = (
        "Two rows. kNN-MT fills a memory beforehand and searches it at every word while somebody "
        "waits. kNN-KD fills it, searches it once for each training place, teaches a student and "
        "deletes it; the student's words need no search."
    )
    return picture(title, 724, 222, *parts)
