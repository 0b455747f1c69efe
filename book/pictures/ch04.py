"""Chapter 4."""

from collections import Counter

from kdlab.corpora.minitalks.grammar import load_grammar
from pictures.draw import arrow, box, line, picture, words

LEVELS = (  # of R1's words, those at which its translations part: x, width
    (98, 76), (222, 92), (366, 108),
)  # fmt: skip


def search_tree() -> str:
    """R1's whole tree, before anything is searched."""
    title = (
        "R1's tree. The first word is I with .55, We with .35 or He with .10. After I: have .40, "
        "'ve .36, tried .24. After We: have .80, tried .20. After have or 've: before or already, "
        "at We have .90 and .10."
    )
    return _tree(title, searched=False)


def tree_searched() -> str:
    """The same tree: greedy takes I, and the mode is behind We."""
    title = (
        "The same tree with two paths. Under I the probability is split over three ways to go on "
        "and six sentences; under We most of it goes to one. Greedy search follows I to .1540. The "
        "mode is behind We and has .2520."
    )
    return _tree(title, searched=True)


def two_errors() -> str:
    """What lies between an output and a right translation: a search error, a model error."""
    parts = [
        box(16, 56, 176, 56, ["what a search returns", "greedy, or a beam"], "student"),
        box(274, 56, 176, 56, ["the model's mode", "its likeliest sentence"], "soft"),
        box(532, 56, 176, 56, ["a right translation", "which the truth allows"], "gold"),
        arrow(196, 84, 270, 84, "", "student"), arrow(454, 84, 528, 84, "", "gold"),
        words(233, 30, "search error", bold=True), words(491, 30, "model error", bold=True),
        words(233, 138, "more places repair it", "quiet", small=True),
        words(491, 138, "no search repairs it", "quiet", small=True),
    ]  # fmt: skip
    title = (
        "Three boxes in a row: what a search returns, the model's mode, a right translation. "
        "Between the first two lies the search error, which a wider beam repairs. Between the last "
        "two lies the model error, which no search repairs."
    )
    return picture(title, 724, 160, *parts)


def _parting(text: str) -> tuple[str, str, str]:
    """First, second and last word of one of R1's translations; the rest is the same or certain."""
    said = text.split()
    return said[0], said[1], said[-2]


def _tree(title: str, *, searched: bool) -> str:
    """R1's ten translations, as the grammar has them. searched: with what greedy and mode take"""
    grammar = load_grammar()
    found = grammar.translations(grammar.running_example("R1").thai)
    texts = {_parting(t.text): t.text for t in found}
    leaves = {_parting(t.text): t.probability for t in found}
    mass = Counter()
    for path, p in leaves.items():
        mass.update({path[:depth]: p for depth in range(4)})

    greedy = ()
    for _ in range(3):
        greedy = max((n for n in mass if n and n[:-1] == greedy), key=mass.get)
    order = sorted(leaves, key=lambda path: [-mass[path[: d + 1]] for d in range(3)])
    mode = max(leaves, key=leaves.get)

    def kind(node: tuple) -> str:
        if not searched:
            return "quiet"
        return "student" if node == greedy[: len(node)] else (
            "gold" if node == mode[: len(node)] else "quiet"
        )  # fmt: skip

    height = {path: 52 + 34 * i for i, path in enumerate(order)}
    for depth in (2, 1, 0):
        for node in {path[:depth] for path in order}:
            below = [height[n] for n in mass if len(n) == depth + 1 and n[:depth] == node]
            height[node] = (min(below) + max(below)) / 2
    parts = [
        words(136, 18, "first word", "quiet", small=True),
        words(268, 18, "next", "quiet", small=True),
        words(420, 18, "… tried it", "quiet", small=True),
        box(8, height[()] - 15, 56, 30, "start", "quiet"),
    ]
    for node in sorted((n for n in mass if n), key=len):
        depth, y = len(node), height[node]
        x, width = LEVELS[depth - 1]
        left = 64 if depth == 1 else sum(LEVELS[depth - 2])
        share = f"{mass[node] / mass[node[:-1]]:.2f}".lstrip("0")
        share = "" if share.startswith("1") else " " + share
        parts.append(line(left, height[node[:-1]], x, y, kind(node)))
        parts.append(box(x, y - 14, width, 28, node[-1] + share, kind(node)))
    head = "product of all factors" if searched else "whole sentence"
    parts.append(words(494, 18, head, "quiet", small=True, anchor="start"))
    for path in order:
        if not searched:
            parts.append(words(494, height[path], texts[path], small=True, anchor="start"))
            continue
        name = {greedy: "greedy output", mode: "mode"}.get(path, "")
        said = f"{leaves[path]:.4f}".lstrip("0")
        parts.append(words(494, height[path], said, anchor="start", bold=bool(name)))
        parts.append(words(556, height[path], name, anchor="start", bold=True))
    return picture(title, 724, 376, *parts)
