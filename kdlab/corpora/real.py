"""Real Thai-English text small enough for a laptop: interface strings and everyday sentences.

The files are not ours to ship: `data/real.json` holds their names, columns and checksums,
`data/README.md` how anyone makes them, and the folder comes from an argument or KDLAB_DATA.
Train and dev are the two files' own, one after the other; each file's test stays a test of its
own beside their `union`, and `held-out` is that and dev: a recipe that keeps its last weights lets
dev choose nothing. Nothing is filtered: repeated pairs stay, as they were measured on.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from kdlab.corpora.columns import Columns
from kdlab.corpora.readers import tab_separated
from kdlab.corpora.rows import Row, rows
from kdlab.corpora.splits import sized
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.errors import CorpusError
from kdlab.files import read_json, sha256, shipped


def real(
    folder: Path | None = None,
    preset: str = "standard",
    talks: Sequence[str] = (),
    manifest: Path | None = None,
) -> ParallelText:
    """The corpus `real`, each file checked against the manifest's SHA-256 before it is read.

    folder: where the files lie; else $KDLAB_DATA
    talks: years of TED talks to add as tests, out of domain: "tst2010" adds `iwslt-tst2010`
    manifest: another than `data/real.json`
    Raises CorpusError if no folder is given, or if a file is missing or is not the one measured.
    """
    folder = _folder(folder)
    entries = read_json(manifest or shipped("data/real.json"))["files"]
    domestic = [entry for entry in entries if entry["use"] == "in domain"]
    foreign = [entry for entry in entries if entry not in domestic] if talks else []
    read = {entry["name"]: _rows(folder, entry) for entry in domestic + foreign}

    def part(chosen: str, *names: str) -> Pairs:
        found = [row for name in names for row in read[name] if row.part in chosen.split()]
        return Pairs(
            f"real {'+'.join(names)} {chosen}",
            tuple(row.source for row in found),
            tuple(row.target for row in found),
        )

    names = [entry["name"] for entry in domestic]
    tests = {name: part("test", name) for name in names} | {"union": part("test", *names)}
    tests["held-out"] = part("test dev", *names)
    for entry in foreign:
        years = dict.fromkeys(row.part for row in read[entry["name"]])
        for year in talks:
            if year not in years:
                raise CorpusError(f"There are no talks of {year!r}; there are {', '.join(years)}.")
            tests[f"{entry['name']}-{year}"] = part(year, entry["name"])
    files = tuple(
        {key: entry[key] for key in ("name", "file", "sha256")}
        | {"sentences": len(read[entry["name"]])}
        for entry in domestic + foreign
    )
    train, dev = part("train", *names), part("dev", *names)
    return sized(ParallelText("real", "standard", train, dev, tests, files=files), preset)


def _folder(folder: Path | None) -> Path:
    if folder is None and not os.environ.get("KDLAB_DATA"):
        raise CorpusError(
            "real needs a folder of text that kdlab may not ship: give it with --data DIR or in "
            "KDLAB_DATA; data/README.md says how to make its files."
        )
    return Path(folder or os.environ["KDLAB_DATA"])


def _rows(folder: Path, entry: dict) -> list[Row]:
    path = folder / entry["file"]
    if not path.exists():
        raise CorpusError(f"{path} is not there; data/README.md says how to make it.")
    if (found := sha256(path)) != entry["sha256"]:
        raise CorpusError(
            f"{path} has SHA-256 {found}, not {entry['sha256']}: it is not the text that results "
            "were measured on. To use it all the same, read it as a file of your own."
        )
    place = {name: number for number, name in enumerate(entry["columns"], 1)}
    columns = Columns(place["th"], place["en"], place["split"], header=False)
    return list(rows(str(path), tab_separated(path), columns)[1])
