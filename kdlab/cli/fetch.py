"""`kdlab fetch`: get a corpus that kdlab may not ship."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from kdlab.corpora.iwslt import fetch_iwslt15


class Fetchable(str, Enum):
    """Corpora with a place to fetch them from."""

    IWSLT15 = "iwslt15"


def fetch(
    corpus: Annotated[Fetchable, typer.Argument(help="What to fetch.")],
    from_file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="An archive already on disk, 2015-01.tgz."),
    ] = None,
) -> None:
    """Download a corpus that kdlab may not ship.

    \b
    Example:  kdlab fetch iwslt15
              kdlab fetch iwslt15 --from 2015-01.tgz

    Minutes, as the download takes. If it breaks off, the same command goes on where it stopped.
    An archive is kept, and what was there before replaced, only once its text was read whole.
    minitalks comes with kdlab; data/README.md says how to make the files of real.
    """
    typer.echo(fetch_iwslt15(from_file))
