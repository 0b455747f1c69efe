"""English word forms: regular plurals and verb forms by rule, irregular ones as written."""

import re

VOWELS = "aeiou"
# Sound, not spelling, decides between a and an: these begin with the other kind.
SAYS_YOU = ("university", "useful", "uniform", "European", "one")
SILENT_H = ("hour", "honest")
_INDEFINITE = re.compile(r"\b([Aa]) (\w+)")


def noun_forms(text: str) -> dict[str, str]:
    """Singular "" and plural "pl" of a noun; `child/children` gives an irregular plural.

    Of several words the last one is inflected (`bus stop`), unless another carries the slash.
    """
    before, head, after = _split_head(text, last=True)
    forms = head.split("/")
    plural = forms[1] if len(forms) > 1 else regular_s(forms[0])
    return {"": f"{before}{forms[0]}{after}", "pl": f"{before}{plural}{after}"}


def verb_forms(text: str) -> dict[str, str]:
    """Forms "", "s", "past", "pp", "ing" of a verb; irregular ones as base/past/participle/ing.

    Of several words the first one is inflected: `go/went/gone to the market`.
    """
    before, head, after = _split_head(text, last=False)
    given = head.split("/")
    base = given[0]
    past = given[1] if len(given) > 1 else regular_ed(base)
    forms = {
        "": base,
        "s": regular_s(base),
        "past": past,
        "pp": given[2] if len(given) > 2 else past,
        "ing": given[3] if len(given) > 3 else regular_ing(base),
    }
    return {name: f"{before}{form}{after}" for name, form in forms.items()}


def regular_s(word: str) -> str:
    """The plural of a noun or third person of a verb: cats, boxes, stories, goes."""
    if word == "have":
        return "has"
    if re.search(r"(s|x|z|ch|sh|[^aeiou]o)$", word):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def regular_ed(word: str) -> str:
    """The regular past: worked, moved, studied. A doubled consonant is not guessed."""
    if word.endswith("e"):
        return word + "d"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ied"
    return word + "ed"


def regular_ing(word: str) -> str:
    """The regular -ing form: working, moving, seeing. A doubled consonant is not guessed."""
    if word.endswith("e") and not word.endswith(("ee", "ye", "oe")):
        return word[:-1] + "ing"
    return word + "ing"


def finish(tokens: str) -> str:
    """A sentence from its tokens: `a` becomes `an` where it must, the first letter is a capital."""
    text = _INDEFINITE.sub(_indefinite, tokens)
    return text[0].upper() + text[1:]


def _indefinite(match: re.Match[str]) -> str:
    article, word = match.groups()
    vowel = word[0].lower() in VOWELS and not word.startswith(SAYS_YOU)
    return f"{article}{'n' if vowel or word.startswith(SILENT_H) else ''} {word}"


def _split_head(text: str, last: bool) -> tuple[str, str, str]:
    """Text before the inflected word, that word with its slashes, text after."""
    words = text.split(" ")
    slashed = [i for i, word in enumerate(words) if "/" in word]
    head = slashed[0] if slashed else (len(words) - 1 if last else 0)
    before, after = words[:head], words[head + 1 :]
    return "".join(f"{w} " for w in before), words[head], "".join(f" {w}" for w in after)
