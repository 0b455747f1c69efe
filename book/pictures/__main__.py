"""Write every picture as SVG: `PYTHONPATH=book python -m pictures`."""

import inspect
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pictures

FOLDER = Path(pictures.__file__).parents[1] / "_static" / "pictures"


def drawn() -> dict[str, str]:
    """{file name without .svg: SVG} of all chapters; "ch06-three-ways" of ch06's `three_ways`."""
    found = {}
    for module in iter_modules(pictures.__path__):
        if module.name.startswith("ch"):
            chapter = import_module(f"pictures.{module.name}")
            for name, draw in inspect.getmembers(chapter, inspect.isfunction):
                if draw.__module__ == chapter.__name__ and not name.startswith("_"):
                    found[f"{module.name}-{name.replace('_', '-')}"] = draw()
    return found


def main() -> None:
    """Write those that changed."""
    FOLDER.mkdir(exist_ok=True)
    for name, svg in drawn().items():
        (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
