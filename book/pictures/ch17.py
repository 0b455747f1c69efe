"""Chapter 17."""

from pictures.draw import arrow, box, line, picture, words


def inside() -> str:
    """A student's layer is pulled towards a teacher's, through a matrix that is thrown away."""
    parts = [words(130, 16, "teacher", bold=True), words(560, 16, "student", bold=True)]
    for i in range(4):
        parts.append(box(40, 168 - 44 * i, 180, 34, f"layer {i + 1}", "teacher"))
    parts += [
        box(40, 216, 180, 32, "Thai pieces", "quiet"),
        box(500, 124, 120, 34, "layer 2", "student"),
        box(500, 168, 120, 34, "layer 1", "student"),
        box(500, 216, 120, 32, "Thai pieces", "quiet"),
        arrow(498, 141, 402, 92, "", "student"),
        box(300, 62, 98, 44, ["W", "H to H'"], "soft"),
        arrow(298, 80, 226, 56, "near?", "soft"),
        words(349, 128, "dropped after training", "quiet", small=True),
    ]
    title = (
        "On the left a teacher of four layers, on the right a student of two, both above the same "
        "Thai pieces. The student's upper layer goes through a matrix W and is compared with the "
        "teacher's top layer. W is dropped after training."
    )
    return picture(title, 724, 262, *parts)


def mappings() -> str:
    """Which of six teacher layers each of two student layers reads, three ways."""
    parts = []
    ways = (
        ("skip", (((3,), 0), ((6,), 1))),
        ("regular", (((1, 2, 3), 0), ((4, 5, 6), 1))),
        ("overlap", (((1, 2, 3, 4), 0), ((3, 4, 5, 6), 1))),
    )
    for w, (name, mapping) in enumerate(ways):
        x = 20 + 240 * w
        parts.append(words(x + 100, 16, name, bold=True))
        for i in range(6):
            parts.append(box(x, 176 - 28 * i, 60, 22, f"{i + 1}", "teacher"))
        for layers, student in mapping:
            y = 150 - 84 * student
            parts.append(box(x + 150, y - 14, 60, 28, f"{student + 1}", "student"))
            for layer in layers:
                parts.append(line(x + 62, 187 - 28 * (layer - 1), x + 148, y, "soft"))
    title = (
        "Six teacher layers and two student layers, three times. Skip: the student's layers read "
        "layers 3 and 6. Regular: 1 to 3 and 4 to 6. Overlap: 1 to 4 and 3 to 6."
    )
    return picture(title, 724, 212, *parts)
