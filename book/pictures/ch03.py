"""Chapter 3."""

from pictures.draw import arrow, bars, box, line, picture, words


def encoder_decoder() -> str:
    """Source pieces become a memory; the decoder reads it and says the next piece."""
    parts = [words(150, 18, "encoder", bold=True), words(520, 18, "decoder", bold=True)]
    for i, piece in enumerate(("เคย", "ลอง", "ทำ", "แล้ว")):
        x = 20 + 68 * i
        parts += [
            box(x, 186, 60, 30, piece, "quiet"),
            arrow(x + 30, 184, x + 30, 156, ""),
            box(x, 116, 60, 38, "state", "teacher"),
        ]
    parts += [
        line(20, 100, 284, 100), words(152, 86, "memory [B, S, H]", "quiet", small=True),
        arrow(290, 134, 402, 134, "attention", "soft"),
    ]  # fmt: skip
    for i, piece in enumerate(("<s>", "We", "have")):
        x = 410 + 100 * i
        parts += [
            box(x, 186, 80, 30, piece, "quiet"),
            arrow(x + 40, 184, x + 40, 156, ""),
            box(x, 116, 80, 38, "state", "student"),
            arrow(x + 40, 114, x + 40, 84, ""),
            box(x, 48, 80, 34, ("We", "have", "tried")[i], "student"),
        ]
    title = (
        "On the left four Thai pieces, each with a state above it: the memory. On the right the "
        "decoder reads what was said so far, looks at the memory by attention, and says the next "
        "piece at each position: We, have, tried."
    )
    return picture(title, 724, 230, *parts)


def attention_step() -> str:
    """One query, three keys, weights that sum to one, and a mean."""
    parts = [
        box(16, 84, 112, 48, ["query", "what do I need?"], "student"),
        arrow(132, 108, 196, 108, ""),
    ]
    for i, (name, weight) in enumerate((("นักเรียน", 0.1), ("สอง", 0.8), ("คน", 0.1))):
        y = 20 + 64 * i
        parts += [
            box(200, y, 112, 48, [name, "key"], "teacher"),
            bars(330, y + 6, 40, 36, [weight]),
            words(384, y + 24, f"{weight:.1f}", small=True, anchor="start"),
            arrow(414, y + 24, 470, 108, "", "soft"),
        ]
    parts += [
        words(350, 208, "weights, sum 1", "quiet", small=True),
        box(476, 80, 108, 56, ["mean of", "the values"], "soft"),
        arrow(588, 108, 632, 108, "", "student"),
        words(640, 108, "two", bold=True, anchor="start"),
    ]
    title = (
        "A query asks what it needs. Three keys, one for each Thai piece, answer with weights .1, "
        ".8 and .1. The values are averaged by these weights, and the decoder says two."
    )
    return picture(title, 724, 224, *parts)
