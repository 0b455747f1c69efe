"""Boxes, arrows, words and bars as SVG, in the theme's colours; what a picture is made of.

Everything is placed by hand in a plane of `width` by `height` units, about pixels at 720 wide. Text
is 15 units high, 13 where it is said quietly, so that a phone shows it still.
"""

from collections.abc import Sequence
from html import escape

from kdlab.palette import LOOKS

# What a page's theme says, with what stands where there is none (a notebook, a file by itself).
INK = "var(--pst-color-text-base, #222)"
QUIET = "var(--pst-color-text-muted, #666)"
EDGE = "var(--pst-color-border, #aaa)"
PAPER = "var(--pst-color-surface, #f4f4f4)"
COLOURS = {
    "plain": EDGE, "ink": INK, "quiet": QUIET,
    "teacher": LOOKS["teacher"].colour, "student": LOOKS["seq_kd"].colour,
    "gold": LOOKS["baseline"].colour, "soft": LOOKS["word_kd"].colour,
    "good": LOOKS["seq_inter"].colour,
}  # fmt: skip
SIZE, SMALL = 15, 13


def picture(title: str, width: int, height: int, *parts: str) -> str:
    """A whole SVG. title: what it shows, for who does not see it; one sentence or two."""
    ends = "".join(_head(kind) for kind in COLOURS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="inherit">\n<title>{escape(title)}</title>\n'
        f"<defs>{ends}</defs>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def words(
    x: float, y: float, text: str, kind: str = "ink", *, small: bool = False,
    anchor: str = "middle", bold: bool = False,
) -> str:  # fmt: skip
    """One line of text, its middle at height y. anchor: start, middle or end of it is at x"""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{SMALL if small else SIZE}" text-anchor="{anchor}" '
        f'dominant-baseline="central" style="fill:{COLOURS[kind]}"{weight}>{escape(text)}</text>'
    )


def box(
    x: float, y: float, width: float, height: float, lines: str | Sequence[str], kind: str = "plain"
) -> str:
    """A rounded box with a line or more in its middle, the first one bold if there are more."""
    lines = [lines] if isinstance(lines, str) else list(lines)
    top = y + height / 2 - 9 * (len(lines) - 1)
    frame = (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="7" '
        f'style="fill:{PAPER};stroke:{COLOURS[kind]}" stroke-width="2"/>'
    )
    said = [
        words(x + width / 2, top + 18 * i, line, small=i > 0, bold=i == 0 and len(lines) > 1)
        for i, line in enumerate(lines)
    ]
    return "\n".join([frame, *said])


def arrow(
    x1: float, y1: float, x2: float, y2: float, text: str = "", kind: str = "quiet", *,
    dashed: bool = False, above: bool = True,
) -> str:  # fmt: skip
    """A line with a head at (x2, y2), and what goes along it."""
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    line = (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke-width="2" '
        f'style="stroke:{COLOURS[kind]}" marker-end="url(#head-{kind})"{dashes}/>'
    )
    middle = ((x1 + x2) / 2, (y1 + y2) / 2 + (-12 if above else 14))
    return line + (words(*middle, text, "quiet", small=True) if text else "")


def bars(
    x: float, y: float, width: float, height: float, shares: Sequence[float],
    labels: Sequence[str] = (), kind: str = "student",
) -> str:  # fmt: skip
    """Upright bars that stand on y + height; shares from 0 to 1 of the height, labels below."""
    step = width / len(shares)
    parts = []
    for i, share in enumerate(shares):
        tall = max(1.0, share * height)
        parts.append(
            f'<rect x="{x + step * (i + 0.15):.1f}" y="{y + height - tall:.1f}" '
            f'width="{step * 0.7:.1f}" height="{tall:.1f}" style="fill:{COLOURS[kind]}"/>'
        )
    parts += [
        words(x + step * (i + 0.5), y + height + 12, label, small=True)
        for i, label in enumerate(labels)
    ]
    return "\n".join(parts)


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "plain") -> str:
    """A thin line, such as an axis."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" style="stroke:{COLOURS[kind]}"/>'


def _head(kind: str) -> str:
    return (
        f'<marker id="head-{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        f'markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" '
        f'style="fill:{COLOURS[kind]}"/></marker>'
    )
