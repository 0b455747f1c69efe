"""An answer as plain data: once it is read, nothing of the learner's own runs any more.

Numbers, texts, lists and dicts of exactly Python's types stay what they are, and all their kin
become them. So whatever judges, prints or keeps an answer meets no `__eq__` of another's.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
import torch

LONGEST_NUMBER = 1023  # bits of a whole number; a float holds those
DEEPEST = 50  # lists in lists
FEW = 12  # numbers of a tensor that are shown, and parts of a list
WIDE = 160  # characters of a value that are shown


class Array(NamedTuple):
    """A tensor, an array or one of their numbers. values: nested lists, or one number."""

    values: object
    shape: tuple[int, ...]
    dtype: str


class Odd(NamedTuple):
    """What is no number, text, list or dict; it equals nothing. says: what it is."""

    says: str


def plain(value: object, inside: tuple[int, ...] = ()) -> object:
    """None, ..., bool, int, float, str, list, dict, `Array` or `Odd`; keys of a dict are texts.

    inside: ids of the containers around it; one that holds itself is `Odd`
    Raises whatever the learner's own types raise while they are read.
    """
    if value is None or value is ... or isinstance(value, (bool, Array, Odd)):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, torch.Tensor):
        if value.is_complex():
            return Odd("a complex tensor")
        value = (value.to_dense() if value.layout != torch.strided else value).detach()
        dtype = str(value.dtype).removeprefix("torch.")
        return Array(plain(value.tolist()), tuple(value.shape), dtype)
    if isinstance(value, (np.generic, np.ndarray)) and value.dtype.kind in "biuf":
        values = value.astype(float) if value.dtype.kind == "f" else value  # longdouble too
        return Array(plain(values.tolist()), value.shape, value.dtype.name)
    if isinstance(value, (Mapping, list, tuple, range)):
        return _container(value, inside)
    if hasattr(type(value), "__array__"):
        values = np.asarray(value).tolist()
        return plain(values, inside) if isinstance(values, (list, str)) else Odd(_told(value))
    return _number(value)


def _container(value: Mapping | list | tuple | range, inside: tuple[int, ...]) -> object:
    if id(value) in inside:
        return Odd("itself once more")
    if len(inside) == DEEPEST:
        return Odd(f"more than {DEEPEST} levels")
    inside = (*inside, id(value))
    if isinstance(value, Mapping):
        return {str.__str__(str(name)): plain(part, inside) for name, part in value.items()}
    return [plain(part, inside) for part in value]


def _number(value: object) -> int | float | Odd:
    if isinstance(value, Integral):
        whole = int(value)
        bits = whole.bit_length()
        return whole if bits <= LONGEST_NUMBER else Odd(f"a whole number of {bits} bits")
    return float(value) if isinstance(value, (Real, Decimal)) else Odd(_told(value))


def _told(value: object) -> str:
    kind = type(value).__name__
    if callable(value):
        return f"the {kind} {getattr(value, '__name__', '')}".rstrip()
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def shown(value: object) -> str:
    """A plain value in a few words: numbers to six digits, long lists cut, large tensors by shape.

    >>> shown({"p": [0.5, 1 / 3], "y": Array([[1, 2]] * 40, (40, 2), "int64")})
    '{p: [0.5, 0.333333], y: int64 [40, 2]: 1, 2, 1, 2, …}'
    """
    text = _shown(value)
    return text if len(text) <= WIDE else f"{text[: WIDE - 1]}…"


def _shown(value: object) -> str:
    if isinstance(value, Odd):
        return value.says
    if isinstance(value, Array):
        if np.prod(value.shape) <= FEW:
            return _shown(value.values)
        first = map(_shown, np.ravel(value.values)[:4].tolist())
        return f"{value.dtype} {list(value.shape)}: {', '.join(first)}, …"
    if isinstance(value, dict):
        return f"{{{_few(f'{name}: {_shown(part)}' for name, part in value.items())}}}"
    if isinstance(value, list):
        return f"[{_few(map(_shown, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


def _few(parts: Iterable[str]) -> str:
    parts = list(parts)
    if len(parts) > FEW:
        parts = [*parts[: FEW // 2], f"… {len(parts)} in all"]
    return ", ".join(parts)


def form(value: object) -> str:
    """What kind of thing a plain value is, its numbers left aside.

    >>> form(3.5), form([1, 2]), form(Array([[1, 2]], (1, 2), "int64"))
    ('one number', 'a list of 2', 'an array of shape [1, 2]')
    """
    if isinstance(value, Array):
        deep = len(value.shape) > 1
        return f"an array of shape {list(value.shape)}" if deep else form(value.values)
    if isinstance(value, (dict, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, Odd):
        return value.says
    if value is None or isinstance(value, bool):
        return str(value)
    return "a text" if isinstance(value, str) else "one number"
