"""Answers beside the notebook, in `answers.json`: they outlive a restart, and are never required.

    {"version": 1, "answers": {"ch06-gap": {"answer": "a", "says": "… saved: a. …"}}}

KDLAB_ANSWERS names another file, or none if it is empty. Without it a file is kept in a notebook
only, where the notebook lies: not in a script, and not in a test.
"""

import json
import os
import sys
from pathlib import Path

from kdlab.checks.plain import Array, Odd
from kdlab.errors import KdlabError
from kdlab.files import disk_errors, write_json

VERSION = 1
LARGEST = 10_000_000  # bytes; a longer file is not ours
FORGOTTEN = "This answer is kept until the notebook restarts, and no longer."


class Answers:
    """What was answered, of this session and of the file; the session's is the newer one.

    Whatever is wrong with the file is said in a sentence, and the session goes on without it.
    """

    def __init__(self) -> None:
        self._mine: dict[str, dict] = {}

    def given(self, name: str) -> dict | None:
        """{"answer": JSON's types, "says": what was said of it}, or None if there is no answer."""
        return {**self._in_file(where()), **self._mine}.get(name)

    def keep(self, name: str, given: object, says: str) -> None:
        """Keep a plain value; the file then has it and all that it had before."""
        self._mine[name] = {"answer": _json(given), "says": says}
        path = where()
        if path is None:
            return
        try:
            there = self._in_file(path)  # first, so that the order of the file stays
            kept = {**there, **self._mine, **there, name: self._mine[name]}
            if path.exists() and not path.is_file():
                raise KdlabError(f"{path} is no file.")
            write_json(path, {"version": VERSION, "answers": kept}, finite=False)
        except KdlabError as error:
            print(f"… {error} {FORGOTTEN}")

    def _in_file(self, path: Path | None) -> dict[str, dict]:
        """The file's answers; none, with a sentence, if it is no file of ours: it is set aside."""
        try:
            if path is None or not path.is_file():
                return {}
            with disk_errors(f"{path} could not be read"):
                wrong, answers = _read(path)
                if wrong:
                    aside = _free(path)
                    path.rename(aside)
                    print(f"… {path} {wrong}: it is kept as {aside}, and a new one is begun.")
            return answers
        except KdlabError as error:
            print(f"… {error}")
            return {}


def where() -> Path | None:
    """The file that answers are kept in, or None if they are not."""
    asked = os.environ.get("KDLAB_ANSWERS")
    if asked is not None:
        return Path(asked) if asked else None
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return Path("answers.json") if hasattr(shell, "kernel") else None


def _read(path: Path) -> tuple[str, dict[str, dict]]:
    """("", the file's answers), or (what is wrong with it, none)."""
    if path.stat().st_size > LARGEST:
        return f"is longer than {LARGEST:,} bytes", {}
    try:
        read = json.loads(path.read_bytes())
    except (ValueError, RecursionError):  # no UTF-8 is a ValueError too
        return "is cut short or damaged", {}
    version = read.get("version") if isinstance(read, dict) else None
    if type(version) is not int:
        return "holds no answers", {}
    if version != VERSION:
        return f"has version {version}, and this kdlab reads version {VERSION}", {}
    answers = read.get("answers")
    whole = isinstance(answers, dict) and all(
        isinstance(each, dict) and "answer" in each for each in answers.values()
    )
    return ("", answers) if whole else ("holds no answers", {})


def _free(path: Path) -> Path:
    """A name beside the file that is not taken: answers.aside.json, answers.aside-2.json, …"""
    number, aside = 1, path.with_name(f"{path.stem}.aside{path.suffix}")
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.stem}.aside-{number}{path.suffix}")
    return aside


def _json(value: object) -> object:
    if isinstance(value, Array):
        return value.values
    if isinstance(value, dict):
        return {name: _json(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_json(part) for part in value]
    return value.says if isinstance(value, Odd) else value
