"""A Python file of somebody's own, run once and read for what it defines."""

import hashlib
import sys
import traceback
from functools import cache
from pathlib import Path
from types import ModuleType

from kdlab.errors import KdlabError, RecipeError


def module_at(path: str | Path) -> ModuleType:
    """What the file defines; run anew only if its text has changed.

    Modules that lie beside it can be imported, as from a script.
    Raises RecipeError, naming the line, if the file is not there or does not run to its end.
    """
    path = Path(path).expanduser().resolve()
    try:
        text = path.read_bytes()
    except OSError as error:
        raise RecipeError(
            f"{path} cannot be read ({error.strerror}); a worker on another machine must find it "
            "at the same place."
        ) from error
    return _run(path, text)


def defined_at(place: str) -> object:
    """What NAME is in FILE.py, for "FILE.py:NAME". Raises RecipeError if it has no such name."""
    path, _, name = place.rpartition(":")
    module = module_at(path)
    if not hasattr(module, name):
        own = [n for n in vars(module) if not n.startswith("_")]
        raise RecipeError(f"{Path(path).name} has no {name!r}; it has {', '.join(own)}.")
    return getattr(module, name)


@cache  # a session reads few files, and a class of theirs must stay one
def _run(path: Path, text: bytes) -> ModuleType:
    # Never a name that means something already: `code_sum` must not take it for Python's own.
    module = ModuleType(f"own_{path.stem}_{hashlib.sha256(bytes(path) + text).hexdigest()[:8]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses and pickle look there
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # last, so that it hides nothing
    try:
        exec(compile(text, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        said = error if isinstance(error, KdlabError) else f"{type(error).__name__}: {error}"
        raise RecipeError(f"{path.name}{_line(path, error)}: {said}") from error
    return module


def _line(path: Path, error: BaseException) -> str:
    """Where in the file it happened."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f", line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return f", line {lines[-1]}" if lines else ""
