"""Chapter 15."""

from pictures.draw import arrow, bars, box, line, picture, words


def in_steps() -> str:
    """The teacher's logits, a tenth of them first and all of them last."""
    shapes = (0.2, 0.5, 1.0)
    logits = (0.95, 0.6, -0.75, 0.3, -0.5)
    parts = []
    for i, part in enumerate(shapes):
        x = 20 + 240 * i
        up = [max(0.0, part * z) for z in logits]
        parts += [
            words(x + 100, 18, f"Φ = {part:g}", bold=True),
            bars(x, 34, 200, 80, up, (), "teacher"),
            line(x, 114, x + 200, 114),
        ]
        for j, z in enumerate(logits):
            if z < 0:
                parts.append(
                    f'<rect x="{x + 40 * j + 6}" y="114" width="28" height="{-80 * part * z:.1f}" '
                    'style="fill:#767676"/>'
                )
        if i:
            parts.append(arrow(x - 36, 110, x - 8, 110))
    parts.append(words(362, 196, "The student follows: first a small step, then a larger one."))
    title = (
        "Three panels of the same five bars, some above a line and some below. At Φ = .2 they are "
        "short, at .5 half as long, at 1 of full length: the teacher's logits, met in steps."
    )
    return picture(title, 724, 210, *parts)


def three_teachers() -> str:
    """One student before three teachers of growing size."""
    parts = []
    for i, (size, name) in enumerate(((44, "small"), (66, "middle"), (92, "large"))):
        y = 10 + (0, 58, 138)[i]
        parts.append(box(40, y, 2.2 * size + 40, size, f"{name} teacher", "teacher"))
        parts.append(arrow(90 + 2.2 * size, y + size / 2, 466, 126, "", "quiet", dashed=i == 2))
    parts += [box(470, 104, 120, 44, "student", "student"), words(530, 176, "who teaches best?")]
    title = (
        "Three teachers, small, middle and large, point at one small student. The arrow of the "
        "largest is dashed: is it too far ahead?"
    )
    return picture(title, 724, 246, *parts)
