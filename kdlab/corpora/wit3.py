"""The two kinds of files in a WIT3 release: text with tag lines, and NIST's mteval marks.

Source: Cettolo, Girardi & Federico (2012), WIT3.
"""

import html
import re
from pathlib import Path

from kdlab.corpora.lines import read_lines
from kdlab.errors import CorpusError
from kdlab.thai import normalise

_TAG = re.compile(
    r"</?(doc|url|keywords|speaker|talkid|title|description|reviewer|translator)\b[^>]*>([^<]*)"
)
# A mark ends before the next one begins, and its attribute is looked for inside it alone: so a
# file of nothing but `<doc ` is read in one pass too.
_MARK = re.compile(r"<(doc|seg)\b([^<>]*)>|</seg>")
_ID = {
    "doc": re.compile(r"""\bdocid=["']([^"']*)["']"""),
    "seg": re.compile(r"""\bid=["']([^"']*)["']"""),
}

Side = dict[tuple[str, str], str]  # (talk, segment) -> sentence, in the file's order


def read_tagged(path: Path) -> list[tuple[str, str]]:
    """(talk, sentence) for each line of a `train.tags` file that is not a tag line.

    Empty lines are sentences too: line i of one language belongs to line i of the other.
    """
    talk, found = "", []
    for line in read_lines(path):
        if tag := _TAG.match(line):
            talk = tag[2].strip() if tag[1] == "talkid" else talk
        else:
            found.append((talk, normalise(line)))
    return found


def read_segments(path: Path) -> Side:
    """The segments of an mteval file, by talk and segment id.

    Read by its `<doc>` and `<seg>` marks alone: files of this kind are not always well-formed
    XML. Entities (`&amp;`) are resolved.
    Raises CorpusError, naming the segment, for one that is not closed or comes twice; and for a
    file without any.
    """
    text = "\n".join(read_lines(path))
    side: Side = {}
    talk, begun, start = "", None, 0
    for mark in _MARK.finditer(text):
        named = mark[1] and _ID[mark[1]].search(mark[2])
        if begun and named:
            raise CorpusError(
                f"{path}: {segment_name(begun)} is not closed; download the file again."
            )
        if named and mark[1] == "doc":
            talk = named[1]
        elif named:
            begun, start = (talk, named[1]), mark.end()
            if begun in side:
                raise CorpusError(
                    f"{path}: {segment_name(begun)} comes twice; download the file again."
                )
        elif begun and not mark[1]:
            side[begun] = normalise(_unescaped(text[start : mark.start()]))
            begun = None
    if begun or not side:
        where = f"{segment_name(begun)} is not closed" if begun else "it has no segment"
        raise CorpusError(f"{path} is cut short: {where}; download the file again.")
    return side


def segment_name(segment: tuple[str, str]) -> str:
    """A key of a Side in words."""
    return f"segment {segment[1]} of talk {segment[0]}"


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a character's number of thousands of digits
        return text
