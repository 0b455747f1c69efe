"""How a system looks in every figure of the book: one name, one colour, one shape."""

from dataclasses import dataclass

from kdlab.errors import RecipeError


@dataclass(frozen=True)
class Look:
    """name: in text; colour: hex, at least 3:1 on white and on black; marker: matplotlib's code;
    shape: the same mark as a character, so that no reader needs the colour."""

    name: str
    colour: str
    marker: str
    shape: str


# The palette of Okabe & Ito (2008), whose colours stay apart for colour-blind readers.
LOOKS = {
    "teacher": Look("teacher", "#767676", "s", "■"),
    "baseline": Look("student on gold", "#d55e00", "o", "●"),
    "word_kd": Look("Word-KD student", "#c2669b", "D", "◆"),
    "seq_kd": Look("Seq-KD student", "#0f7fc0", "^", "▲"),
    "seq_inter": Look("Seq-Inter student", "#009e73", "v", "▼"),
    "seq_kd_word_kd": Look("Seq-KD + Word-KD student", "#8a7a00", "P", "✚"),
    "baseline_longer": Look("student on gold, longer", "#d55e00", "p", "⬟"),
    "seq_kd_longer": Look("Seq-KD student, longer", "#0f7fc0", "h", "⬢"),
    "seq_kd_gnmt": Look("Seq-KD, length rule", "#0f7fc0", ">", "▶"),
    "seq_kd_cross_fitted": Look("Seq-KD, cross-fitted", "#0f7fc0", "X", "✖"),
}


def look(system: str) -> Look:
    """How a system looks, by its name in a result file.

    Raises RecipeError, with the names there are, for a system without a look.
    """
    if system not in LOOKS:
        raise RecipeError(f"There is no look for {system!r}; there are {', '.join(LOOKS)}.")
    return LOOKS[system]
