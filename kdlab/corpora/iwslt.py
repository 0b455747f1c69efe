"""Thai-English TED talks: the official WIT3 release for IWSLT 2015, fetched and read.

Kim & Rush (2016, section 4) train on these about 90k pairs and say "2010/2011/2012 data as
development and 2012/2013 as test". Both lists hold 2012: of its text some chose the checkpoint that
was then tested on it, or the lists are of two editions; the paper does not say. Here no sentence
is on both sides: dev = tst2010 + tst2011, and tst2012 and tst2013 are tests, each alone and
together as `tst2012-13`, the nearest to the paper's.

Licence of the talks: CC BY-NC-ND 3.0, so kdlab fetches them and never redistributes them.
Source: Cettolo, Girardi & Federico (2012), WIT3; IWSLT 2015 evaluation campaign.
"""

import html
import re
import tempfile
from collections import Counter
from pathlib import Path

from kdlab.corpora.archive import extract
from kdlab.corpora.fetch import checked, fetch
from kdlab.corpora.lines import read_lines
from kdlab.corpora.splits import sized
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.errors import CorpusError
from kdlab.files import home, remove, sha256
from kdlab.thai import normalise

FILE_ID = "1Mz-iiRxRqbCVbsYfKZQ6yuAxHNzYTMnI"
# confirm=t answers the question whether to go on without a virus scan, asked for large files.
URL = f"https://drive.usercontent.google.com/download?id={FILE_ID}&export=download&confirm=t"
MANUAL = (
    f"Open https://drive.google.com/file/d/{FILE_ID}/view in a browser, download 2015-01.tgz, "
    "and run `kdlab fetch iwslt15 --from FILE`."
)
TRAIN = "train.tags.th-en"
DEV_YEARS, TEST_YEARS = ("tst2010", "tst2011"), ("tst2012", "tst2013")

_TAG = re.compile(
    r"</?(doc|url|keywords|speaker|talkid|title|description|reviewer|translator)\b[^>]*>([^<]*)"
)
_MARKUP = re.compile(
    r"""<doc\b[^>]*?\bdocid=["'](?P<talk>[^"']*)["'][^>]*>"""
    r"""|<seg\b[^>]*?\bid=["'](?P<number>[^"']*)["'][^>]*>|(?P<end></seg>)"""
)

Side = dict[tuple[str, str], str]  # (talk, segment) -> sentence, in the file's order


def fetch_iwslt15(from_file: Path | None = None) -> Path:
    """Put the Thai-English part of the release under $KDLAB_HOME; returns its folder.

    from_file: a `2015-01.tgz` (or the `th-en.tgz` in it) already on disk; else it is downloaded.
    The archive's SHA-256 is recorded at first sight, and another one later is an error.
    Raises CorpusError with the manual route if the host refuses; see `fetch` and `extract`.
    """
    place = _place()
    archive = Path(from_file) if from_file else fetch(URL, place.with_name("2015-01.tgz"), MANUAL)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".iwslt15.", dir=place.parent) as scratch:
        text = _unpacked(archive, Path(scratch))
        checked(archive, record=place.with_name(archive.name + ".sha256"))
        remove(place)
        text.replace(place)
    return place


def iwslt15(preset: str = "standard", archive: Path | None = None) -> ParallelText:
    """The corpus, from what `kdlab fetch iwslt15` left, or straight from an archive.

    Pairs with an empty side are dropped; `files` counts them under "empty".
    Raises CorpusError if it was not fetched, or if the two sides of a file do not match.
    """
    if archive is not None:
        with tempfile.TemporaryDirectory() as scratch:
            return sized(_read(_unpacked(Path(archive), Path(scratch))), preset)
    if not _place().exists():
        raise CorpusError(
            f"iwslt15 is not in {_place()}; run `kdlab fetch iwslt15`, or with an archive already "
            "on disk `kdlab fetch iwslt15 --from FILE`."
        )
    return sized(_read(_place()), preset)


def read_tagged(path: Path) -> list[tuple[str, str]]:
    """(talk, sentence) for each line of a `train.tags` file that is not a tag line.

    Empty lines are sentences too: line i of one language belongs to line i of the other.
    """
    talk, found = "", []
    for line in read_lines(path):
        if tag := _TAG.match(line):
            talk = tag[2].strip() if tag[1] == "talkid" else talk
        else:
            found.append((talk, normalise(line)))
    return found


def read_segments(path: Path) -> Side:
    """The segments of an mteval file, by talk and segment id.

    Read by its `<doc>` and `<seg>` marks alone: files of this kind are not always well-formed
    XML. Entities (`&amp;`) are resolved.
    Raises CorpusError, naming the segment, for one that is not closed or comes twice; and for a
    file without any.
    """
    text = "\n".join(read_lines(path))
    side: Side = {}
    talk, begun, start = "", None, 0
    for mark in _MARKUP.finditer(text):
        if begun and not mark["end"]:
            raise CorpusError(f"{path}: {_name(begun)} is not closed; download the file again.")
        if mark["talk"] is not None:
            talk = mark["talk"]
        elif mark["number"] is not None:
            begun, start = (talk, mark["number"]), mark.end()
            if begun in side:
                raise CorpusError(f"{path}: {_name(begun)} comes twice; download the file again.")
        elif begun:
            side[begun] = normalise(html.unescape(text[start : mark.start()]))
            begun = None
    if begun or not side:
        where = f"{_name(begun)} is not closed" if begun else "it has no segment"
        raise CorpusError(f"{path} is cut short: {where}; download the file again.")
    return side


def _place() -> Path:
    return home() / "corpora" / "iwslt15"


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
                f"{file} has no {_name(missing)}, which the other language has; they hold "
                f"{len(segments)} and {len(other)} segments. Download the archive again."
            )
    return [(thai[key], english[key]) for key in thai]


def _name(segment: tuple[str, str]) -> str:
    return f"segment {segment[1]} of talk {segment[0]}"
