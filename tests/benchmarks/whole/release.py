"""An archive in the layout of the WIT3 release 2015-01, of the real size, with invented lines.

Nothing of the talks is in it: words are made of syllables, drawn by rank, and a line means nothing.
Its lengths are the talks'. They were taken from the four test sets of the release (tst2010 to
tst2013, 4,242 pairs): the logarithm of a line's English words has mean 2.572 and deviation 0.703
(16.4 words, in the mean), that of Thai characters for each of these words 1.595 and 0.264 (81.6
characters a line). English words are longer than the talks', so that with 8,000 pieces a line has
the 23 that the recipes count with. The share of the word of rank r, 4.2 % of the first, 1.2 % of
the tenth, 0.14 % of the hundredth, is near 1 / (r + 2.85)^1.04.
"""

import io
import random
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

WORDS, WORDS_SPREAD = 2.572, 0.703
CHARACTERS, CHARACTERS_SPREAD = 1.595, 0.264
SHIFT, SLOPE = 2.85, 1.04
TYPES = 40_000  # words that are drawn from; of the talks' some
SPACE = 0.16  # of Thai words, those that a space follows
TALK = 100  # lines

THAI_FIRST = "กขคงจชซดตถทนบปผพฟมยรลวสหอ"
THAI_VOWELS = ("ะ", "า", "ิ", "ี", "ุ", "ู", "้า", "่อ", "ั", "ำ", "")
THAI_LAST = ("", "", "น", "ง", "ก", "บ", "ม", "ด")
LATIN_FIRST = (
    "b",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "st",
    "tr",
)
LATIN_VOWELS = ("a", "e", "i", "o", "u", "ea", "ou")
LATIN_LAST = ("", "", "", "n", "r", "s", "t", "l")


@dataclass(frozen=True)
class Size:
    """Pairs of each part."""

    train: int
    tests: tuple[tuple[str, int], ...]


REAL = Size(90_000, (("tst2010", 1252), ("tst2011", 658), ("tst2012", 1086), ("tst2013", 1246)))


def write_release(path: Path, size: Size = REAL, types: int = TYPES, seed: int = 1) -> Path:
    """Write such a `2015-01.tgz`, the same each time; returns its path."""
    lines = iter(_lines(size.train + sum(n for _, n in size.tests), types, seed))
    train = list(islice(lines, size.train))
    tests = {year: list(islice(lines, n)) for year, n in size.tests}
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz", compresslevel=1) as tar:
        for side, language in enumerate(("th", "en")):
            _add(tar, f"th-en/train.tags.th-en.{language}", _tagged([p[side] for p in train]))
            for year, pairs in tests.items():
                name = f"th-en/IWSLT15.TED.{year}.th-en.{language}.xml"
                _add(tar, name, _mteval([p[side] for p in pairs]))
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        _add(tar, "2015-01/texts/th/en/th-en.tgz", inner.getvalue())
    return path


def _lines(number: int, types: int, seed: int) -> list[tuple[str, str]]:
    draw = np.random.default_rng(seed)
    thai, english = _vocabulary(types, seed, thai=True), _vocabulary(types, seed, thai=False)
    share = 1 / (np.arange(1, types + 1) + SHIFT) ** SLOPE
    lengths = np.exp(draw.normal(WORDS, WORDS_SPREAD, number)).round().clip(1).astype(int)
    wanted = lengths * np.exp(draw.normal(CHARACTERS, CHARACTERS_SPREAD, number))
    words = draw.choice(types, 2 * lengths.sum(), p=share / share.sum())
    spaces = draw.random(2 * lengths.sum()) < SPACE
    found, start = [], 0
    for length, characters in zip(lengths, wanted, strict=True):
        own = slice(start, start + 2 * length)  # the second half is for a Thai side that is longer
        source = _until(characters, [thai[i] for i in words[own]], spaces[own])
        target = " ".join(english[i] for i in words[start : start + length])
        found.append((source, target[0].upper() + target[1:] + "."))
        start += 2 * length
    return found


def _until(characters: float, words: Sequence[str], spaces: Sequence[bool]) -> str:
    """As many of the words as come nearest to so many characters, one at least."""
    text = ""
    for word, space in zip(words, spaces, strict=True):
        if text and len(text) + len(word) / 2 > characters:
            break
        text += word + (" " if space else "")
    return text.strip()


def _vocabulary(types: int, seed: int, *, thai: bool) -> list[str]:
    """That many different words, shorter ones first, as frequent words are."""
    draw = random.Random(f"{seed} {thai}")
    first, vowels, last = (
        (THAI_FIRST, THAI_VOWELS, THAI_LAST) if thai else (LATIN_FIRST, LATIN_VOWELS, LATIN_LAST)
    )
    found: dict[str, None] = {}
    while len(found) < types:
        syllables = 1 + (len(found) > 60) + (len(found) > 3000) * draw.choice((0, 1))
        word = "".join(
            draw.choice(first) + draw.choice(vowels) + draw.choice(last) for _ in range(syllables)
        )
        found[word] = None
    return list(found)


def _tagged(lines: Sequence[str]) -> bytes:
    """A train.tags file."""
    talks = (lines[i : i + TALK] for i in range(0, len(lines), TALK))
    text = "".join(
        f"<url>http://example.org/{i}</url>\n<talkid>{i}</talkid>\n<title>Invented</title>\n"
        + "".join(f"{line}\n" for line in talk)
        for i, talk in enumerate(talks, 1)
    )
    return text.encode()


def _mteval(lines: Sequence[str]) -> bytes:
    """A test set in NIST's form."""
    segments = "".join(f'<seg id="{i}"> {line} </seg>\n' for i, line in enumerate(lines, 1))
    return f'<mteval><refset><doc docid="1">\n{segments}</doc></refset></mteval>\n'.encode()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    tar.addfile(about, io.BytesIO(content))
