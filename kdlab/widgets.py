"""Figures that a reader can touch without a kernel, from plain data.

Every state is drawn beforehand as HTML, mostly a table whose cells hold bars: a screen reader gets
the numbers, the page's own colours are kept, and a browser shapes the Thai. A control only picks
which state is seen, so the page needs no Python.
"""

import inspect
import re
import textwrap
from ast import get_docstring, parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import ModuleType

import ipywidgets
from IPython.display import HTML, Markdown

from kdlab.errors import ShapeError
from kdlab.palette import Look, look
from kdlab.tables import measure
from kdlab.tables import shown as shown_value

TABLE = "border-collapse:collapse;width:100%;font-size:0.95rem;line-height:1.5;color:inherit"
CELL = "padding:0.15rem 0.4rem;text-align:left;vertical-align:middle;color:inherit;border:0"
LINE = "border-top:1px solid #8884"
TRACK = "background:#8883;border-radius:2px;height:0.55rem;min-width:2.5rem"


@dataclass(frozen=True)
class Bar:
    """A number in a table's cell, with a bar under it. text: the number as shown; share: length of
    the bar, 0 to 1; colour: hex."""

    text: str
    share: float
    colour: str


@dataclass(frozen=True)
class Row:
    """One line of a bar table. cells: numbers, or plain text; strong: set apart by a rule above."""

    name: str
    cells: tuple[Bar | str, ...]
    strong: bool = False


def bar_table(caption: str, columns: Sequence[str], rows: Sequence[Row]) -> str:
    """An HTML table with bars in its cells; `columns` names the row heads and each cell.

    Raises ShapeError if a row has another number of cells than there are columns for it.
    """
    for row in rows:
        if len(row.cells) != len(columns) - 1:
            raise ShapeError(
                f"row {row.name!r} has {len(row.cells)} cells; the table has {len(columns) - 1}."
            )
    head = "".join(f'<th scope="col" style="{CELL};font-weight:600">{c}</th>' for c in columns)
    body = "".join(_row(row) for row in rows)
    return (
        f'<table style="{TABLE}"><caption style="caption-side:top;text-align:left;color:inherit">'
        f"{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def system_name(shown: Look) -> str:
    """A system's shape and name as HTML, for a table's row or column."""
    return f'<span style="color:{shown.colour}">{shown.shape}</span> {escape(shown.name)}'


def gloss(words: Sequence[tuple[str, str, str]], meaning: str = "") -> HTML:
    """A Thai sentence word by word: Thai over romanisation (RTGS) over gloss; then its meaning."""
    each = "".join(
        '<span style="display:inline-block;margin:0 0.9rem 0.5rem 0;vertical-align:top">'
        f'<span lang="th" style="font-size:1.2em;line-height:1.6">{escape(thai)}</span><br>'
        f"<i>{escape(rtgs)}</i><br>{escape(english)}</span>"
        for thai, rtgs, english in words
    )
    last = f"<div>‘{escape(meaning)}’</div>" if meaning else ""
    return HTML(f'<div style="margin:0.5rem 0">{each}{last}</div>')


def slider(label: str, frames: Mapping[str, str]) -> ipywidgets.VBox:
    """States in an order, such as training steps: a slider that shows one. frames: name -> HTML.

    Raises ShapeError if there is no frame.
    """
    _some(frames)
    return _linked(_control(label, frames), frames)


def two_sliders(outer: str, inner: str, frames: Mapping[str, Mapping[str, str]]) -> ipywidgets.VBox:
    """Two dials, one state: a slider for each. frames: outer value -> inner value -> HTML.

    Raises ShapeError if there is no frame, or if the outer values differ in their inner ones.
    """
    _some(frames)
    places = [list(row) for row in frames.values()]
    _some(dict.fromkeys(places[0]))
    if any(row != places[0] for row in places):
        raise ShapeError(f"{inner!r} has other values from row to row: {places}; give a full grid.")
    first, second = _control(outer, frames), _control(inner, places[0])
    holders = [_holder(row) for row in frames.values()]
    for holder in holders:
        _link(second, holder)
    pages = _stack(holders, list(frames))
    _link(first, pages)
    return ipywidgets.VBox([first, second, pages], layout={"width": "100%"})


def chooser(label: str, frames: Mapping[str, str]) -> ipywidgets.VBox:
    """States without an order: one button each. frames: name -> HTML.

    Raises ShapeError if there is no frame.
    """
    _some(frames)
    control = ipywidgets.RadioButtons(
        options=[(name, place) for place, name in enumerate(frames)],
        description=label,
        style={"description_width": "initial"},
        layout={"width": "auto"},
    )
    return _linked(control, frames)


def score_card(
    results: Mapping[str, object], systems: Sequence[str], metrics: Sequence[str]
) -> ipywidgets.VBox:
    """Systems ordered by one measure at a time, best first; the reader picks the measure.

    results: system -> its metrics as attributes, each a mean with interval, as a result file gives
    """
    frames = {}
    for metric in metrics:
        values = {system: getattr(results[system], metric) for system in systems}
        shown = measure(metric)
        best_first = sorted(systems, key=values.get, reverse=not shown.low_is_good)
        rows = [
            Row(
                system_name(look(system)),
                (Bar(shown_value(values[system], metric), values[system] / max(values.values()),
                     look(system).colour),),
            )
            for system in best_first
        ]  # fmt: skip
        better = "lower" if shown.low_is_good else "higher"
        frames[shown.name] = bar_table(
            f"Ordered by {shown.name} ({better} is better)", ("system", shown.name), rows
        )
    return chooser("order by", frames)


def source(function: Callable) -> Markdown:
    """The code of a function or class as it runs, docstring left out, as a block of Python."""
    text = textwrap.dedent(inspect.getsource(function))
    node = parse(text).body[0]
    lines = text.splitlines()
    if get_docstring(node) is not None:
        first = node.body[0]
        del lines[first.lineno - 1 : first.end_lineno]
    return Markdown("```python\n" + "\n".join(lines) + "\n```")


def reference(place: ModuleType, names: Sequence[str] | None = None) -> Markdown:
    """What a module offers: each public function and class with its call and its docstring.

    names: of them, by default all in its `__all__`
    """
    home = place.__name__.removeprefix("kdlab").strip(".")
    parts = []
    for name in names or place.__all__:
        thing = getattr(place, name)
        called = ".".join(part for part in ("kd", home, name) if part)
        parts.append(f"**`{called}`**")
        if inspect.isclass(thing) or inspect.isroutine(thing):  # a constant has nothing to call
            call = _call(name, str(inspect.signature(thing)))
            parts.append(f"```python\n{call}\n```\n\n```text\n{inspect.getdoc(thing) or ''}\n```")
    return Markdown("\n\n".join(parts))


def _call(name: str, signature: str) -> str:
    """A call in lines of at most 78 characters, without the library's own module names."""
    plain = re.sub(r"\b(kdlab|collections|torch|pathlib|typing)(\.\w+)*\.(?=[A-Z])", "", signature)
    return textwrap.fill(name + plain, 78, subsequent_indent="    ", break_long_words=False)


def _some(frames: Mapping[str, str]) -> None:
    if not frames:
        raise ShapeError("A figure needs one frame or more; frames is {}.")


def _linked(control: ipywidgets.Widget, frames: Mapping[str, str]) -> ipywidgets.VBox:
    """A control above its frames."""
    holder = _holder(frames)
    _link(control, holder)
    return ipywidgets.VBox([control, holder], layout={"width": "100%"})


def _control(label: str, places: Iterable[str]) -> ipywidgets.SelectionSlider:
    return ipywidgets.SelectionSlider(
        options=[(name, place) for place, name in enumerate(places)],
        description=label,
        style={"description_width": "initial"},
        layout={"width": "100%", "max_width": "36rem"},
    )


def _holder(frames: Mapping[str, str]) -> ipywidgets.Widget:
    wide = {"width": "100%"}
    return _stack([ipywidgets.HTML(html, layout=wide) for html in frames.values()], list(frames))


def _stack(pages: Sequence[ipywidgets.Widget], names: Sequence[str]) -> ipywidgets.Widget:
    """Pages of which one is seen, the first to begin with."""
    # ipywidgets 7, as on Colab, has no Stack; its Tab takes the same index.
    holder = getattr(ipywidgets, "Stack", ipywidgets.Tab)(pages, layout={"width": "100%"})
    holder.selected_index = 0
    if isinstance(holder, ipywidgets.Tab):
        for place, name in enumerate(names):
            holder.set_title(place, name)
    return holder


def _link(control: ipywidgets.Widget, holder: ipywidgets.Widget) -> None:
    """Linked in the page, and in Python for a front end that cannot."""
    ipywidgets.jslink((control, "index"), (holder, "selected_index"))
    ipywidgets.link((control, "index"), (holder, "selected_index"))


def _row(row: Row) -> str:
    line = f";{LINE};font-weight:600" if row.strong else ""
    head = f'<th scope="row" style="{CELL};font-weight:inherit{line}">{row.name}</th>'
    return f"<tr>{head}{''.join(_cell(cell, line) for cell in row.cells)}</tr>"


def _cell(cell: Bar | str, line: str) -> str:
    if isinstance(cell, str):
        return f'<td style="{CELL}{line}">{cell}</td>'
    width = 100 * min(1.0, max(0.0, cell.share))
    bar = f'<div style="background:{cell.colour};border-radius:2px;height:100%;width:{width:.1f}%">'
    return (
        f'<td style="{CELL};width:30%{line}">{escape(cell.text)}'
        f'<div aria-hidden="true" style="{TRACK}">{bar}</div></div></td>'
    )
