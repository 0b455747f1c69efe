"""Which methods there are: read from what the losses, objectives and distillers say of themselves.

A method is what names its source: a dataclass that a recipe may carry as its loss, of `losses` or
`objectives`, or a function of `distill` that gives a corpus other targets.

>>> table = methods()
>>> print(table.loc["kd.losses.WordKD", "teacher"])
live or stored
>>> table.loc["kd.distill.sequence_level", "source"]
'Kim & Rush (2016), section 3.2'
"""

import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import is_dataclass

from kdlab import distill, losses, objectives
from kdlab.tables import Table

WIDTH = 80  # of the printed list, in characters


class Methods(Table):
    """The table that `methods` gives: in a notebook a table, printed a list."""

    def __repr__(self) -> str:
        return "\n\n".join(_entry(name, row) for name, row in self.iterrows())


def methods() -> Methods:
    """Every method of kdlab, one row each, named as one writes it.

    what: in a sentence     source: where it is from
    teacher: "none"; "live or stored", its distribution at each update or from disk (`top_k`);
    "live", the model itself; "translates", beforehand; "as its loss"
    """
    rows = {}
    for home in (losses, objectives, distill):
        for name in home.__all__:
            thing = getattr(home, name)
            if _is_method(thing):
                what, source = _said(thing)
                row = {"what": what, "teacher": _teacher(thing), "source": source}
                rows[f"kd.{home.__name__.removeprefix('kdlab.')}.{name}"] = row
    return Methods.from_dict(rows, orient="index")


def _is_method(thing: object) -> bool:
    whole = is_dataclass(thing) or thing.__module__.startswith("kdlab.distill.")
    return whole and "Source:" in (thing.__doc__ or "")


def _said(thing: object) -> tuple[str, str]:
    """The first sentence of a docstring, and the work that its Source names first."""
    doc = inspect.getdoc(thing) or ""
    source = re.search(r"Source: (.*?)(?:\n\n|$)", doc, re.DOTALL)
    source = " ".join(source[1].split()) if source else ""
    work = re.match(r".*?(?=[.;:]( [^(]|$))", source)
    return doc.split("\n")[0], work[0].strip()


def _teacher(thing: object) -> str:
    if not isinstance(thing, type):
        named = inspect.signature(thing).parameters
        return "translates" if {"teacher", "teachers", "reverse"} & set(named) else "none"
    needed = getattr(thing, "needs_teacher", False)
    if isinstance(needed, property):
        return "as its loss"
    if not needed:
        return "none"
    return "live or stored" if getattr(thing, "stored_teacher", True) else "live"


def _entry(name: str, row: object) -> str:
    return "\n".join(_lines(name, row))


def _lines(name: str, row: object) -> Iterator[str]:
    yield name
    for text in (row["what"], f"teacher: {row['teacher']}; {row['source']}"):
        yield textwrap.fill(text, WIDTH, initial_indent="    ", subsequent_indent="    ")
