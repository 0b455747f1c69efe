"""Chapter 2: how many right answers a sentence has, one spelling, and pairs that do not belong."""

import random
import re
import unicodedata

from kdlab import thai
from kdlab.checks.kinds import Choice, Function, Keyed, Text, Wrong

SARA_AA, SARA_AM, NIKHAHIT = thai.SARA_AA, thai.SARA_AM, thai.NIKHAHIT
SARA_E, SARA_AE = thai.SARA_E, thai.SARA_AE
TONE = "[\u0e48-\u0e4b]"
VOWEL = "[\u0e31\u0e34-\u0e39\u0e47\u0e4d]"  # marks on or under a consonant; nikhahit is one


def normalise_th(text: str) -> str:
    """Doubled sara e is sara ae; a vowel stands before its tone; sara am is one character, last."""
    return _sara_am(_vowel_first(_sara_ae(text)))


def _sara_ae(text: str) -> str:
    return text.replace(SARA_E + SARA_E, SARA_AE)


def _vowel_first(text: str) -> str:
    return re.sub(f"({TONE})({VOWEL})", r"\2\1", text)


def _sara_am(text: str) -> str:
    whole = re.sub(f"{NIKHAHIT}({TONE}?){SARA_AA}", rf"\1{SARA_AM}", text)
    return re.sub(f"{SARA_AM}({TONE})", rf"\1{SARA_AM}", whole)


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _doubled_e_kept(text: str) -> str:
    return _sara_am(_vowel_first(text))


def _marks_as_typed(text: str) -> str:
    return _sara_am(_sara_ae(text))


def _am_without_tone(text: str) -> str:
    return _vowel_first(_sara_ae(text)).replace(NIKHAHIT + SARA_AA, SARA_AM)


def _tone_after_am(text: str) -> str:
    return re.sub(f"({TONE}){SARA_AM}", rf"{SARA_AM}\1", normalise_th(text))


def _draw(rng: random.Random) -> tuple[str]:
    """A few syllables, each in one of the ways in which it can be typed."""
    return ("".join(_syllable(rng) for _ in range(rng.randint(2, 5))),)


def _syllable(rng: random.Random) -> str:
    consonant, tone = rng.choice("กขคนมทป"), rng.choice("\u0e48\u0e49")
    marks = [rng.choice("\u0e31\u0e34\u0e35\u0e38\u0e39"), tone]
    am = [NIKHAHIT, tone]
    rng.shuffle(marks)
    rng.shuffle(am)
    return rng.choice(
        [
            consonant + "".join(marks) + "น",
            consonant + "".join(am) + SARA_AA,
            consonant + NIKHAHIT + SARA_AA,
            consonant + SARA_AM + tone,
            SARA_E + SARA_E + consonant + tone,
            consonant + tone + SARA_AM,
        ]
    )


SPELLING = Function(
    "ch02-normalise-th",
    reference=normalise_th,
    draw=_draw,
    wrong=(
        Wrong(
            "nfkc",
            "NFKC does the opposite: it breaks ำ into nikhahit and sara aa, and leaves the rest.",
            _nfkc,
        ),
        Wrong(
            "nfc",
            "NFC moves a tone mark only past a vowel below, and does neither of the other two: to "
            "Unicode, these spellings are different texts.",
            _nfc,
        ),
        Wrong(
            "doubled-e", "two sara e (เเ) are still there; they are one sara ae.", _doubled_e_kept
        ),
        Wrong(
            "mark-order",
            "a tone mark still stands before the vowel that sits on or under its consonant.",
            _marks_as_typed,
        ),
        Wrong(
            "tone-between",
            "nikhahit and sara aa are found only side by side; a tone mark may stand between them, "
            "or after ำ.",
            _am_without_tone,
        ),
        Wrong(
            "tone-after",
            "the tone mark stands after ำ; the order is consonant, tone mark, ำ.",
            _tone_after_am,
        ),
    ),
)

HOW_MANY = Choice(
    "ch02-how-many",
    right="c",
    replies={
        "a": "Tempting: R3 says who and what, so less seems open. But 'who' is he, she or they, "
        "and nothing says when, to whom, or which book.",
        "b": "Tempting: the sentences are of like length. How open a sentence is depends on what "
        "English must add.",
        "c": "Four independent choices multiply, and so do their shares.",
        "d": "Tempting: one reading must be the natural one. Each choice has a favourite, but four "
        "favourites together are rare.",
    },
)

R3 = Keyed(
    "ch02-entropy-r3",
    key={"entropy": 2.8174, "mass of the mode": 0.1377},
    hint="Entropies of independent factors add up; probabilities of independent factors multiply.",
    tolerance=0.0006,
    wrong=(
        Wrong(
            "bits",
            "that entropy is in bits; natural logarithms give nats.",
            {"entropy": 4.0646, "mass of the mode": 0.1377},
        ),
        Wrong(
            "count",
            "that is log 24, as if all translations were equally likely; they are not.",
            {"entropy": 3.1781, "mass of the mode": 0.1377},
        ),
        Wrong(
            "uniform",
            "24 translations, but not with 1/24 each: weigh every option.",
            {"entropy": 3.1781, "mass of the mode": 0.0417},
        ),
        Wrong(
            "product",
            "probabilities multiply, entropies add.",
            {"entropy": 0.2008, "mass of the mode": 0.1377},
        ),
        Wrong(
            "first-factor",
            "that is the share of He alone; the mode is a choice in each of the four factors.",
            {"entropy": 2.8174, "mass of the mode": 0.45},
        ),
    ),
)

MISALIGNED = Text(
    "ch02-misaligned",
    must=(
        ("precision", r"precision"),
        ("recall", r"recall"),
        ("how the threshold was chosen", r"threshold|cut|rule"),
        ("a number of your own run", r"\d"),
    ),
    rubric="Full: precision and recall on the known rows, beside the share of wrong pairs that "
    "chance would find; the threshold was set without looking at them. Half: one of the two "
    "numbers. None: the number of pairs removed.",
)

SWEEP = Text(
    "ch02-vocabulary-sweep",
    must=(
        ("the vocabulary's size", r"size|vocabular"),
        ("pieces per sentence", r"pieces? (per|a) (sentence|word)"),
        ("a number of your own run", r"\d"),
    ),
    rubric="Full: names the curve's shape and what is paid on the other side (rows of the "
    "embedding, rare pieces). Half: the shape alone. None: 'bigger is better'.",
)

EXERCISES = (HOW_MANY, R3, SPELLING, MISALIGNED, SWEEP)
