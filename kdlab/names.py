"""A name that is not there: which one was meant, wherever it lives.

A method is a loss, an objective or a way to new targets, and one cannot know which before one has
read them all. So each of these packages answers for the others.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import NoReturn

from kdlab.errors import RecipeError

HOMES = (
    "", "losses", "objectives", "distill", "metrics", "models", "training", "compress", "search",
    "experiments.recipes", "plots", "widgets",
)  # fmt: skip
NEAR = 0.7  # of difflib's ratio, 0 to 1; below it a suggestion is a guess


def signboard(
    module: str, shown: Iterable[str]
) -> tuple[Callable[[str], NoReturn], Callable[[], list[str]]]:
    """The `__getattr__` and the `__dir__` of a package: what Tab shows, and `no_such` for the rest.

    module: its `__name__`     shown: its `__all__`; what else it holds is there, and not shown
    """
    return no_such(module), lambda: ["__all__", "__doc__", "__file__", "__name__", *shown]


def put_up(*packages: ModuleType) -> None:
    """Give each of these packages its `signboard`: their own files then say what is there alone."""
    for package in packages:
        package.__getattr__, package.__dir__ = signboard(package.__name__, package.__all__)


def no_such(module: str) -> Callable[[str], NoReturn]:
    """The `__getattr__` of a module: an AttributeError that says what the name may have meant.

    module: its `__name__`
    """

    def missing(name: str) -> NoReturn:
        if name.startswith("_"):  # asked by tools, not typed
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        said = module.replace("kdlab", "kd", 1)
        raise AttributeError(f"There is no {said}.{name}; {hint(name)}")

    return missing


def hint(name: str, only: Callable[[object], bool] = lambda _: True) -> str:
    """The end of a message: what a name that is not there may have meant.

    only: of which things alone

    >>> from kdlab import losses, objectives
    >>> hint("worldkd")
    'did you mean kd.losses.WordKD or kd.losses.word_kd?'
    >>> hint("TieKD")
    'TieKD is kd.objectives.IterativeKD.'
    >>> hint("word_KD", only=lambda thing: isinstance(thing, type))
    'word_KD is kd.losses.WordKD.'
    """
    known = {full: thing for full, thing in _public().items() if only(thing)}
    last = {full: full.rpartition(".")[2] for full in known}
    plain = _plain(name)
    found = (
        [full for full in known if last[full] == name]
        or [full for full in known if _plain(last[full]) == plain]
        or [full for full, thing in known.items() if plain in _nicknames(thing)]
    )
    if found:
        return f"{name} is {' or '.join(found)}."
    near = get_close_matches(plain, map(_plain, last.values()), n=1, cutoff=NEAR)
    if found := [full for full in known if _plain(last[full]) in near]:
        return f"did you mean {' or '.join(found)}?"
    return "kd.methods() lists the methods, dir(kd) what else there is."


def _public() -> dict[str, object]:
    """What kdlab has to offer, as one writes it, so far as it is loaded; it is not loaded here."""
    found: dict[str, object] = {}
    for home in HOMES:
        module = sys.modules.get(f"kdlab{home and '.'}{home}")
        prefix = f"kd.{home.removeprefix('experiments.')}".rstrip(".")
        for name in _offered(module) if module else ():
            thing = vars(module).get(name)
            if not any(thing is other for other in found.values()):  # one thing, one home
                found[f"{prefix}.{name}"] = thing
    return found


def _offered(module: ModuleType) -> Iterable[str]:
    own = [n for n, thing in vars(module).items() if _from(thing) == module.__name__]
    return getattr(module, "__all__", [n for n in own if not n.startswith("_")])


def _from(thing: object) -> str:
    return str(getattr(thing, "__module__", ""))


def _plain(name: str) -> str:
    """word-kd, word_kd, WordKD: one name."""
    return re.sub(r"[\W_]", "", name).lower()


def _nicknames(thing: object) -> set[str]:
    """What the first sentence of a docstring says a method is called: TIE-KD, GKD, Seq-Inter."""
    first = (getattr(thing, "__doc__", None) or "").split("\n")[0]
    name, colon, _ = first.partition(":")
    return {_plain(name)} if colon else set()


def find(name: str, known: Mapping[str, object], kind: str) -> object:
    """known[name]; RecipeError, with the names there are and the nearest, if it is not there."""
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise RecipeError(f"There is no {kind} {name!r}; there are {', '.join(known)}.{hint}")
