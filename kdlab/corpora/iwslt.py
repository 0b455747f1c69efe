"""Thai-English TED talks: the official WIT3 release for IWSLT 2015, fetched and read.

Kim & Rush (2016, section 4) train on these about 90k pairs and say "2010/2011/2012 data as
development and 2012/2013 as test". Both lists hold 2012: of its text some chose the checkpoint that
was then tested on it, or the lists are of two editions; the paper does not say. Here no sentence
is on both sides: dev = tst2010 + tst2011, and tst2012 and tst2013 are tests, each alone and
together as `tst2012-13`, the nearest to the paper's.

Licence of the talks: CC BY-NC-ND 3.0, so kdlab fetches them and never redistributes them.
Source: Cettolo, Girardi & Federico (2012), WIT3; IWSLT 2015 evaluation campaign.
"""

import errno
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from kdlab.corpora.archive import extract
from kdlab.corpora.fetch import checked, fetch
from kdlab.corpora.splits import sized
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.corpora.wit3 import read_segments, read_tagged, segment_name
from kdlab.errors import CorpusError
from kdlab.files import disk_errors, home, locked, remove, sha256

FILE_ID = "1Mz-iiRxRqbCVbsYfKZQ6yuAxHNzYTMnI"
# confirm=t answers the question whether to go on without a virus scan, asked for large files.
URL = f"https://drive.usercontent.google.com/download?id={FILE_ID}&export=download&confirm=t"
MANUAL = (
    f"Open https://drive.google.com/file/d/{FILE_ID}/view in a browser, download 2015-01.tgz, "
    "and run `kdlab fetch iwslt15 --from FILE`."
)
TRAIN = "train.tags.th-en"
DEV_YEARS, TEST_YEARS = ("tst2010", "tst2011"), ("tst2012", "tst2013")


def fetch_iwslt15(from_file: Path | None = None) -> Path:
    """Put the Thai-English part of the release under $KDLAB_HOME; returns its folder.

    from_file: a `2015-01.tgz` (or the `th-en.tgz` in it) already on disk; else it is downloaded.
    The archive is unpacked and its text read whole before anything that was there is replaced, and
    its SHA-256 is recorded at first sight: another one later is an error. One process fetches at a
    time; others wait and find it.
    Raises CorpusError with the manual route if the host refuses or the text is not whole, and
    StoreError if the disk refuses; see `fetch` and `extract`.
    """
    place = _place()
    with locked(home() / "iwslt15.lock"), _beside(place) as scratch:
        if from_file:
            _prepare(scratch, Path(from_file))
            checked(Path(from_file), place.with_name(Path(from_file).name + ".sha256"))
        else:
            fetch(URL, place.with_name("2015-01.tgz"), MANUAL, partial(_prepare, scratch))
        if place.exists():
            place.replace(scratch / "before")
        (scratch / "new").replace(place)
    return place


def iwslt15(preset: str = "standard", archive: Path | None = None) -> ParallelText:
    """The corpus, from what `kdlab fetch iwslt15` left, or straight from an archive.

    Pairs with an empty side are dropped; `files` counts them under "empty".
    Raises CorpusError if it was not fetched, or if the two sides of a file do not match.
    """
    with disk_errors("iwslt15 could not be read"):
        if archive is not None:
            with tempfile.TemporaryDirectory() as scratch:
                return sized(_prepare(Path(scratch), Path(archive)), preset)
        if _place().exists():
            return sized(_read(_place()), preset)
    raise CorpusError(
        f"iwslt15 is not in {_place()}; run `kdlab fetch iwslt15`, or with an archive already on "
        "disk `kdlab fetch iwslt15 --from FILE`."
    )


def _place() -> Path:
    """Where the text lies; links are followed, so that a linked folder is filled, not replaced."""
    return Path(os.path.realpath(home() / "corpora" / "iwslt15"))


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """An empty folder beside `place`, for one process at a time.

    What stood at `place` may be moved to "before" in it: should the block, or the process, end
    before there is a new one, it is put back, then or at the next call.
    """
    scratch = place.with_name(f".{place.name}.new")

    def clear() -> None:
        if (scratch / "before").exists() and not place.exists():
            (scratch / "before").replace(place)
        remove(scratch)

    with disk_errors(f"{place} could not be filled"):
        if place.exists() and not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is a file")
        clear()
        scratch.mkdir(parents=True)
        try:
            yield scratch
        finally:
            clear()


def _prepare(scratch: Path, archive: Path) -> ParallelText:
    """What the archive holds, read whole; its files are left in `scratch` / "new"."""
    try:
        folder = _unpacked(archive, scratch)
        text = _read(folder)
    except CorpusError as error:  # named as in the archive: nobody can look into `scratch`
        raise CorpusError(str(error).replace(f"{scratch}{os.sep}", f"{archive}: ")) from error
    folder.replace(scratch / "new")
    return text


def _unpacked(archive: Path, scratch: Path) -> Path:
    """The folder inside `scratch` that holds the Thai-English files of either archive."""
    outer = extract(archive, scratch / "outer", lambda name: name.endswith("/th-en.tgz"))
    inner = next(outer.rglob("th-en.tgz"), archive)
    text = extract(inner, scratch / "text")
    train = next(text.rglob(f"{TRAIN}.th"), None)
    if train is None:
        raise CorpusError(
            f"{archive} has neither th-en.tgz nor {TRAIN}.th in it; it is not the 2015-01 release. "
            + MANUAL
        )
    return train.parent


def _read(folder: Path) -> ParallelText:
    parts = ("train", *DEV_YEARS, *TEST_YEARS)
    missing = [file.name for part in parts for file in _files(folder, part) if not file.is_file()]
    if missing:
        raise CorpusError(
            f"{folder} has no {missing[0]}; {len(missing)} of {2 * len(parts)} files of the "
            f"2015-01 release are missing. {MANUAL}"
        )
    years = {year: _test_set(folder, year) for year in DEV_YEARS + TEST_YEARS}
    read = {"train": _train_set(folder)} | years
    kept = {name: [pair for pair in pairs if all(pair)] for name, pairs in read.items()}

    def part(name: str, *years: str) -> Pairs:
        pairs = [pair for year in years for pair in kept[year]]
        source, target = zip(*pairs, strict=True) if pairs else ((), ())
        return Pairs(f"iwslt15 {name}", source, target)

    tests = {year: part(year, year) for year in TEST_YEARS}
    tests["tst2012-13"] = part("tst2012-13", *TEST_YEARS)
    files = tuple(
        {
            "name": f"iwslt15 {name}",
            "file": file.name,
            "sha256": sha256(file),
            "sentences": len(kept[name]),
            "empty": len(pairs) - len(kept[name]),
        }
        for name, pairs in read.items()
        for file in _files(folder, name)
    )
    train, dev = part("train", "train"), part("dev", *DEV_YEARS)
    return ParallelText("iwslt15", "standard", train, dev, tests, files=files)


def _files(folder: Path, name: str) -> tuple[Path, Path]:
    stem, end = (TRAIN, "") if name == "train" else (f"IWSLT15.TED.{name}.th-en", ".xml")
    return folder / f"{stem}.th{end}", folder / f"{stem}.en{end}"


def _train_set(folder: Path) -> list[tuple[str, str]]:
    thai_file, english_file = _files(folder, "train")
    thai, english = read_tagged(thai_file), read_tagged(english_file)
    if len(thai) != len(english):
        per_talk = Counter(talk for talk, _ in thai), Counter(talk for talk, _ in english)
        talk = next((t for t in per_talk[0] if per_talk[0][t] != per_talk[1][t]), "the last")
        raise CorpusError(
            f"{thai_file} has {len(thai)} sentences but {english_file.name} has {len(english)}; "
            f"they first differ in talk {talk}. Download the archive again."
        )
    return [(source, target) for (_, source), (_, target) in zip(thai, english, strict=True)]


def _test_set(folder: Path, year: str) -> list[tuple[str, str]]:
    thai_file, english_file = _files(folder, year)
    thai, english = read_segments(thai_file), read_segments(english_file)
    for file, segments, other in [(english_file, english, thai), (thai_file, thai, english)]:
        missing = next((key for key in other if key not in segments), None)
        if missing:
            raise CorpusError(
                f"{file} has no {segment_name(missing)}, which the other language has; they hold "
                f"{len(segments)} and {len(other)} segments. Download the archive again."
            )
    return [(thai[key], english[key]) for key in thai]
