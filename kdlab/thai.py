"""Thai text: one spelling for what looks the same, and pieces that can be shown.

The same word can be typed in several ways that look alike (sara am as one character or two, a tone
mark before or after its vowel), which a tokenizer would count as different words. `normalise`
chooses one. It never applies NFKC, which would split sara am into a nikhahit and a sara aa: the
pieces of a tokenizer trained on that cannot be drawn. Character classes are spelled out, because
`\\s` means other sets in other languages, and the book's page repeats these lines in JavaScript.
"""

import re
import unicodedata
from itertools import count, groupby

SARA_AA, SARA_AM, NIKHAHIT = "\u0e32", "\u0e33", "\u0e4d"
SARA_E, SARA_AE = "\u0e40", "\u0e41"
TONES = "\u0e48-\u0e4b"
DOTTED_CIRCLE = "\u25cc"
PILE = 30  # marks on one letter: no text in any language has more (UAX #15, section 13)

# Controls that are not white space, soft hyphen, zero widths, direction and format marks, BOM.
_UNSEEN = (
    "\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
_WHITE = "\u0009-\u000d \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVISIBLE, _SPACES = re.compile(f"[{_UNSEEN}]"), re.compile(f"[{_WHITE}]+")
_BLANK = re.compile(f"[{_UNSEEN}{_WHITE}]*")
# Marks that NFC puts in order, for which Python takes the square of their number.
_LONG_RUN = re.compile("[\u0300-\u034e\u0350-\u036f\u0e38-\u0e3a\u0e48-\u0e4b]{9,}")
_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}")
_SPLIT_AM = re.compile(f"{NIKHAHIT}([{TONES}]*){SARA_AA}")
_AM_AND_ABOVE = re.compile(f"(?:{SARA_AM}[{TONES}\u0e4c\u0e4e]*)+")
_TONE = re.compile(f"[{TONES}]")
_THAI = re.compile("[\u0e01-\u0e3a\u0e3f-\u0e5b]")

# Phinthu, then vowels and what stands in a vowel's place, then tone marks, then the silencers.
# Within NFC's own order (phinthu 9, lower vowels 103, tone marks 107), so the two never disagree.
_RANK = {"\u0e3a": 0} | dict.fromkeys("\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e47\u0e4d", 1)
_RANK |= dict.fromkeys("\u0e48\u0e49\u0e4a\u0e4b", 2) | {"\u0e4c": 3, "\u0e4e": 3}


def normalise(text: str) -> str:
    """The one spelling of a line that the tokenizer, the scores and the page agree on.

    NFC; invisible characters dropped; white space folded to single spaces and trimmed; doubled
    sara e is sara ae; nikhahit and sara aa are sara am, after its tone mark; a vowel stands before
    its tone mark. Other scripts pass through, but for NFC and spaces.
    Idempotent: normalise(normalise(x)) == normalise(x). Time grows with the length of the line.

    >>> normalise("น\\u0e4d\\u0e49า") == normalise("น\\u0e49\\u0e4dา") == "น\\u0e49\\u0e33"
    True
    """
    text = _INVISIBLE.sub("", text)
    # A swap can bring together what the step before was looking for, so go on until nothing moves:
    # three passes at most, unless marks of another script stand between Thai ones.
    for turn in count(1):
        again = _one_pass(text)
        if again == text:
            return text
        text = again if turn % PILE else _sorted_piles(again)


def _one_pass(text: str) -> str:
    text = _LONG_RUN.sub(lambda run: "".join(sorted(run[0], key=unicodedata.combining)), text)
    text = unicodedata.normalize("NFC", text)
    text = text.replace(SARA_E + SARA_E, SARA_AE)
    text = _MARKS.sub(lambda run: "".join(sorted(run[0], key=_RANK.__getitem__)), text)
    text = _SPLIT_AM.sub(rf"\1{SARA_AM}", text)
    text = _AM_AND_ABOVE.sub(_tones_first, text)
    return _SPACES.sub(" ", text).strip(" ")


def _sorted_piles(text: str) -> str:
    """Each pile of marks and sara am in one order, which no pass changes any more.

    For marks of several scripts in turns, of which a pass moves each by one place.
    """
    piles = groupby(text, lambda c: c == SARA_AM or c in _RANK or unicodedata.combining(c) > 0)
    return "".join("".join(sorted(pile, key=_place) if marks else pile) for marks, pile in piles)


def _place(mark: str) -> int:
    """NFC's combining class, and what it would be for Thai marks and sara am, which have none."""
    if mark == SARA_AM:
        return 301
    return (9, 103, 107, 300)[_RANK[mark]] if mark in _RANK else unicodedata.combining(mark)


def _tones_first(found: re.Match[str]) -> str:
    """Every tone mark before the first sara am: one step a pass would cost a pass a step."""
    return "".join(_TONE.findall(found[0])) + _TONE.sub("", found[0])


def is_blank(text: str) -> bool:
    """Whether nothing of a line is left once it is normalised: no character of it can be seen.

    >>> is_blank(" \\u200b\\0"), is_blank("ๆ")
    (True, False)
    """
    return _BLANK.fullmatch(text) is not None


def is_thai(text: str) -> bool:
    """Whether any character is Thai (letters, marks, digits, the baht sign).

    >>> is_thai("TED ครับ"), is_thai("TED")
    (True, False)
    """
    return _THAI.search(text) is not None


def clusters(text: str) -> list[str]:
    """What a reader would call the characters: each with the marks that sit on or under it.

    Sara am belongs to its consonant; a vowel written before its consonant stands alone, as in
    Unicode's extended grapheme clusters (UAX #29). Emoji sequences and Hangul are not joined.
    The clusters, joined, are the text.

    >>> clusters("น\\u0e49\\u0e33เป\\u0e47น")
    ['น้ำ', 'เ', 'ป็', 'น']
    """
    found: list[str] = []
    for character in text:
        if found and _leans(character):
            found[-1] += character
        else:
            found.append(character)
    return found


def show(piece: str) -> str:
    """A token as it can be drawn: one that begins with a mark gets a dotted circle to sit on.

    A leading ▁ (SentencePiece's space) stays in front of the circle.

    >>> show("\\u0e49า"), show("▁\\u0e31น"), show("บ้าน")
    ('◌้า', '▁◌ัน', 'บ้าน')
    """
    word = piece.lstrip("▁")
    front = piece[: len(piece) - len(word)]
    return front + DOTTED_CIRCLE + word if word and _leans(word[0]) else piece


def _leans(character: str) -> bool:
    return character in "\u0e33\u0eb3" or unicodedata.category(character) in ("Mn", "Mc", "Me")
