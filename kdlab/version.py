"""Which kdlab this is."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _of_package


def version() -> str:
    """The version that was installed, "a checkout" where nothing was."""
    try:
        return _of_package("kdlab")
    except PackageNotFoundError:
        return "a checkout"
