"""The grammar's text files: comments, sections, continued lines, and errors that name the line."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kdlab.errors import CorpusError

BROKEN_SARA_AM = "\u0e4d\u0e32"  # looks like ำ, but is two characters that NFC does not join


@dataclass(frozen=True)
class Line:
    """One logical line: where it stands, the [section] above it, and its text."""

    file: str
    number: int
    section: str
    text: str

    def refuse(self, problem: str) -> CorpusError:
        """The error to raise about this line."""
        return CorpusError(f"{self.file}:{self.number}: {problem}")


def read_lines(path: Path) -> Iterator[Line]:
    """The logical lines of a file, without blank lines and comments.

    `#` starts a comment at the start of a line or after a space; an indented line continues the
    line above; `[name]` opens a section, and is itself yielded with an empty text.
    Raises CorpusError if the file is missing, or a line is not NFC or spells ำ as two characters.
    """
    try:
        physical = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(
            f"{path} could not be read as UTF-8 text ({error}); give the folder that holds it."
        ) from error
    section, pending = "", None
    for number, raw in enumerate(physical, start=1):
        text = _without_comment(raw).rstrip()
        if not text.strip():
            continue
        if text[0] in " \t" and pending is not None:
            pending = Line(pending.file, pending.number, section, f"{pending.text} {text.strip()}")
            continue
        if pending is not None:
            yield _checked(pending)
        pending = None
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].strip()
            yield Line(path.name, number, section, "")
        else:
            pending = Line(path.name, number, section, text.strip())
    if pending is not None:
        yield _checked(pending)


def _without_comment(raw: str) -> str:
    """`raw` up to a `#` that starts the line or follows a space."""
    return "" if raw.lstrip().startswith("#") else raw.split(" #")[0]


def _checked(line: Line) -> Line:
    if unicodedata.normalize("NFC", line.text) != line.text or BROKEN_SARA_AM in line.text:
        raise line.refuse(
            f"{line.text!r} is not in the spelling the grammar uses; save it as NFC, with ำ typed "
            "as one character (U+0E33)."
        )
    return line
