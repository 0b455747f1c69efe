"""What a class or a function does, as a short sum: for keys of what others wrote."""

import hashlib
import sys
from collections.abc import Iterator
from functools import partial
from types import CodeType, FunctionType

OURS = ("kdlab", "torch", "numpy")  # has a version of its own, or does not change in a session
PLAIN = (bool, int, float, complex, str, bytes, type(None))
OF_PYTHON = {"__module__", "__doc__", "__dict__", "__weakref__", "__annotations__", "__slotnames__"}
WRITTEN_HERE = ("__main__", "builtins")  # a notebook's cell, and what `exec` made


def code_sum(thing: object) -> str:
    """16 hexadecimal digits of all that a class or a function does, as it is compiled now.

    Nothing, "", for one of kdlab's own: its name and the version say what it does.

    A class counts with its methods, constants and base classes, a function with its defaults and
    with what it calls; not what comes with Python, with kdlab or with torch. So a comment changes
    nothing, and a helper that was edited in a notebook does. Another Python may give another sum.
    """
    code = "\n".join(_parts(thing, set()))
    return hashlib.sha256(code.encode()).hexdigest()[:16] if code else ""


def _parts(thing: object, seen: set[int]) -> Iterator[str]:
    if isinstance(thing, (tuple, list)):
        for part in thing:
            yield from _parts(part, seen)
    elif isinstance(thing, PLAIN):
        yield repr(thing)
    elif isinstance(thing, partial):
        yield from _parts([thing.func, *thing.args, *sorted(thing.keywords.items())], seen)
    elif isinstance(thing, property):
        yield from _parts([thing.fget, thing.fset], seen)
    elif isinstance(thing, (staticmethod, classmethod)):
        yield from _parts(thing.__func__, seen)
    elif isinstance(thing, (type, FunctionType)) and _foreign(thing) and id(thing) not in seen:
        seen.add(id(thing))
        yield thing.__qualname__
        yield from (_of_class if isinstance(thing, type) else _of_function)(thing, seen)


def _of_class(kind: type, seen: set[int]) -> Iterator[str]:
    yield from _parts(kind.__bases__, seen)
    for name, member in sorted(vars(kind).items()):
        if name not in OF_PYTHON:
            yield name
            yield from _parts(member, seen)


def _of_function(function: FunctionType, seen: set[int]) -> Iterator[str]:
    yield from _of_code(function.__code__, function.__globals__, seen)
    yield from _parts(function.__defaults__, seen)
    yield from _parts(sorted((function.__kwdefaults__ or {}).items()), seen)
    for cell in function.__closure__ or ():
        yield from _parts(cell.cell_contents, seen)


def _of_code(code: CodeType, around: dict, seen: set[int]) -> Iterator[str]:
    yield f"{code.co_code!r} {code.co_names} {code.co_varnames}"
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _of_code(constant, around, seen)
        else:
            yield from _parts(constant, seen)
    for name in code.co_names:
        yield from _parts(around.get(name), seen)


def _foreign(thing: type | FunctionType) -> bool:
    root = (thing.__module__ or "").split(".")[0]
    known = root in OURS or root in sys.stdlib_module_names
    return root in WRITTEN_HERE or not known
