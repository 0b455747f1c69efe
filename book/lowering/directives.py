"""One function per directive: MyST in, plain Markdown out."""

import posixpath
import re
from collections.abc import Callable

from lowering.inline import Inline
from lowering.parse import Directive, LoweringError, list_items

Lower = Callable[[str], str]  # Markdown with directives -> Markdown without


def lower(found: Directive, inline: Inline, text: Lower) -> str:
    """One directive as Markdown. Raises LoweringError for one that the notebooks do not know."""
    if found.name in WRITERS:
        return WRITERS[found.name](found, inline, text)
    raise LoweringError(f"the notebooks know no directive {{{found.name}}}")


def quote(title: str, body: str) -> str:
    """A box as a block quote under a bold title."""
    lines = [f"**{title}**", "", *body.split("\n")] if body else [f"**{title}**"]
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def box(found: Directive, inline: Inline, text: Lower) -> str:
    """An admonition; one of class dropdown folds."""
    title = inline(found.argument) if found.argument else found.name.capitalize()
    body = text(found.body)
    if found.name == "dropdown" or "dropdown" in found.options.get("class", "").split():
        return fold(title, body)
    return quote(title, body)


def fold(title: str, body: str) -> str:
    """Text behind a click; blank lines, so that Markdown inside is still read."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def math(found: Directive, inline: Inline, text: Lower) -> str:
    """A displayed formula, with the number that the page shows."""
    return formula(found.body, found.options.get("label"), inline)


def formula(body: str, label: str | None, inline: Inline) -> str:
    """A displayed formula in dollars; a labelled one carries its number."""
    tag = f" \\tag{{{inline.book.find(label).shown}}}" if label else ""
    return f"$$\n{body.strip()}{tag}\n$$"


def figure(found: Directive, inline: Inline, text: Lower) -> str:
    """A picture by its address on the built site, with alternative text and caption."""
    address = f"{inline.book.site}/_images/{posixpath.basename(found.argument)}"
    picture = f"![{found.options.get('alt', '')}]({address})"
    caption = inline(" ".join(found.body.split()))
    return f"{picture}\n\n{captioned(found.options.get('name'), caption, inline)}".rstrip()


def drawn(found: Directive, inline: Inline, text: Lower) -> str:
    """A drawn picture, in the page itself, by the address of its file; the caption says it too."""
    address = f"{inline.book.site}/_static/pictures/{found.argument}.svg"
    caption = inline(" ".join(found.body.split()))
    return f"![]({address})\n\n{captioned(found.options.get('name'), caption, inline)}".rstrip()


def captioned(label: str | None, caption: str, inline: Inline) -> str:
    """A figure's caption in italics after its number."""
    number = f"**Fig. {inline.book.find(label).shown}.** " if label else ""
    return f"{number}*{caption}*" if caption else number.rstrip()


def list_table(found: Directive, inline: Inline, text: Lower) -> str:
    """A table written as a list of lists, as a table of pipes."""
    rows = [list_items(row)[1] for row in list_items(found.body)[1]]
    if len({len(row) for row in rows}) > 1:
        raise LoweringError(f"list-table {found.argument!r}: its rows differ in length")
    if not int(found.options.get("header-rows", "0")):
        rows.insert(0, [""] * len(rows[0]))
    lines = ["| " + " | ".join(cell(item, inline) for item in row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return heading(found, inline) + "\n".join(lines)


def cell(item: str, inline: Inline) -> str:
    """A cell on one line; a bar inside would end it."""
    flat = inline(" ".join(item.split()))
    in_maths = re.sub(r"\$[^$]+\$", lambda match: match[0].replace("|", r"\vert "), flat)
    return in_maths.replace("|", r"\|")


def table(found: Directive, inline: Inline, text: Lower) -> str:
    """A table of pipes with a title."""
    return heading(found, inline) + text(found.body)


def heading(found: Directive, inline: Inline) -> str:
    """A table's number and title, above it."""
    label = found.options.get("name")
    number = f"Table {inline.book.find(label).shown}. " if label else ""
    title = f"{number}{inline(found.argument)}".strip()
    return f"**{title}**\n\n" if title else ""


def exercise(found: Directive, inline: Inline, text: Lower) -> str:
    """An exercise's heading, and its text where the directive holds it."""
    label = found.options.get("label")
    number = f" {inline.book.find(label).shown}" if label else ""
    title = f" · {inline(found.argument)}" if found.argument else ""
    return f"### Exercise{number}{title}\n\n{text(found.body)}".rstrip()


def solution(found: Directive, inline: Inline, text: Lower) -> str:
    """A link: whoever runs the notebook should try first."""
    return f"*A solution is [on the page]({inline.book.link(found.argument)}).*"


def predict(found: Directive, inline: Inline, text: Lower) -> str:
    """The question and its lettered answers, then a folded reply to each."""
    question, items = list_items(found.body)
    answers, replies = [], []
    for letter, item in zip("abcdefgh", items, strict=False):
        answer, _, reply = item.partition("\n\n")
        answers.append(f"**{letter}.** {inline(answer)}")
        replies.append(fold(f"If you chose {letter}", text(reply)))
    asked = quote("Predict first", "\n\n".join([text(question), *answers]))
    return "\n\n".join([asked, *replies])


def code(found: Directive, inline: Inline, text: Lower) -> str:
    """Code that is shown and not run; its fence is longer than any inside."""
    inner = max((len(run) for run in re.findall(r"`{3,}", found.body)), default=2)
    fence = "`" * (inner + 1)
    return f"{fence}{found.argument}\n{found.body}\n{fence}"


def nothing(found: Directive, inline: Inline, text: Lower) -> str:
    """What only the page can show."""
    return ""


BOXES = (
    "admonition",
    "note",
    "tip",
    "important",
    "warning",
    "hint",
    "seealso",
    "dropdown",
    "margin",
)
WRITERS: dict[str, Callable[[Directive, Inline, Lower], str]] = {
    **dict.fromkeys(BOXES, box),
    "math": math,
    "figure": figure,
    "image": figure,
    "picture": drawn,
    "list-table": list_table,
    "table": table,
    "exercise": exercise,
    "exercise-start": exercise,
    "solution": solution,
    "solution-start": solution,
    "predict": predict,
    "code-block": code,
    "exercise-end": nothing,
    "solution-end": nothing,
    "raw": nothing,
    "bibliography": nothing,
}
