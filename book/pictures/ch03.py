"""Chapter 3."""

from math import exp, sqrt

from pictures.draw import arrow, bars, box, line, picture, words


def two_halves() -> str:
    """Encoder, memory, decoder and generator, with the shapes that pass between them."""
    parts = [
        words(165, 16, "encoder: reads", bold=True),
        words(555, 16, "decoder: writes", bold=True),
    ]
    for i, (thai, gloss) in enumerate(
        (("khao ao", "he/she take"), ("nangsue", "book"), ("ma hai du", "come give look"))
    ):
        x = 14 + 106 * i
        parts += [
            box(x, 296, 98, 46, [thai, gloss], "quiet"),
            arrow(x + 49, 294, x + 49, 268),
            arrow(x + 49, 220, x + 49, 194),
            box(x + 20, 156, 58, 36, "vector", "teacher"),
        ]
    parts += [
        box(14, 222, 310, 44, ["self-attention", "each piece reads all pieces"], "teacher"),
        words(165, 136, "memory [B, S, H]", "quiet", small=True),
    ]
    for i, (before, after) in enumerate(
        (("BOS", "He"), ("He", "brought"), ("brought", "a"), ("a", "book"))
    ):
        x = 400 + 80 * i
        parts += [
            box(x, 296, 70, 46, before, "gold"),
            arrow(x + 35, 294, x + 35, 268),
            arrow(x + 35, 220, x + 35, 198),
            arrow(x + 35, 150, x + 35, 128),
            arrow(x + 35, 82, x + 35, 60),
            words(x + 35, 46, after, bold=True),
        ]
    seen = "each piece reads what is left of it"
    parts += [
        box(400, 222, 310, 44, ["self-attention", seen], "student"),
        box(400, 152, 310, 44, ["attention", "each piece reads the memory"], "student"),
        box(400, 84, 310, 42, ["generator", "a score a piece of English [B, T, V]"], "student"),
        arrow(326, 174, 396, 174, "", "ink"),
        words(165, 360, "source [B, S]", "quiet", small=True),
        words(555, 360, "prefix [B, T]", "quiet", small=True),
    ]
    title = (
        "On the left three Thai pieces go up through self-attention and become three vectors, the "
        "memory. On the right BOS, He, brought, a go up through self-attention, then through "
        "attention to the memory; then the generator says He, brought, a, book."
    )
    return picture(title, 724, 376, *parts)


def one_step() -> str:
    """One query against three keys, and the mean of three values that comes of it."""
    query = (0.0, 3.0)
    pieces = (("nangsue", "book", (1, 0), (4, 0)), ("lem", "CLF", (0, 0), (0, 0)),
              ("mai", "new", (0, 1), (0, 4)))  # fmt: skip
    scores = [sum(a * b for a, b in zip(query, key, strict=True)) / sqrt(2)
              for _, _, key, _ in pieces]  # fmt: skip
    total = sum(map(exp, scores))
    weights = [exp(score) / total for score in scores]
    mix = [
        sum(w * value[i] for w, (_, _, _, value) in zip(weights, pieces, strict=True))
        for i in (0, 1)
    ]
    parts = [
        words(78, 18, "asks", bold=True),
        words(246, 18, "is found by", bold=True),
        words(356, 18, "fits", bold=True),
        words(452, 18, "weight", bold=True),
        words(562, 18, "hands over", bold=True),
        words(672, 18, "mix", bold=True),
        box(14, 88, 128, 48, ["query (0, 3)", "a describing word?"], "student"),
        box(630, 88, 84, 48, f"({mix[0]:.1f}, {mix[1]:.1f})", "student"),
    ]
    for i, ((thai, gloss, key, value), score, weight) in enumerate(
        zip(pieces, scores, weights, strict=True)
    ):
        y = 40 + 62 * i
        parts += [
            arrow(144, 112, 182, y + 22, "", "student"),
            box(186, y, 120, 44, [f"key {key}", f"{thai}, {gloss}"], "teacher"),
            words(356, y + 22, f"{score:.1f}"),
            bars(410, y, 84, 44, [weight], (), "soft"),
            line(410, y + 44, 494, y + 44),
            words(452, y + 34 - 44 * weight if weight < 0.5 else y + 30, f"{weight:.2f}"),
            box(508, y + 4, 108, 36, f"value {value}", "teacher"),
            line(617, y + 22, 629, 112, "quiet"),
        ]
    parts += [
        words(356, 226, "q · k / √2", "quiet", small=True),
        words(452, 226, "softmax", "quiet", small=True),
        words(620, 226, "weights × values, summed", "quiet", small=True),
    ]
    title = (
        "A query that looks for a describing word is compared with the keys of book, classifier "
        "and new. The scores go through a softmax; new gets most of the weight, so the mix is "
        "mostly the value of new."
    )
    return picture(title, 724, 244, *parts)
