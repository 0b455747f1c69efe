"""What targets are counted in: words, or characters where words are not written apart."""

import re
from collections.abc import Iterable
from enum import Enum

from kdlab.errors import RecipeError

# Scripts that put no space between words: Thai, Lao; Myanmar; Khmer; Tai Le, New Tai Lue, Khmer
# symbols, Tai Tham; kana; Chinese characters; their half-width and compatibility forms.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u1aaf\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
LONG = 20  # characters a word in the mean, ours: no language that writes words apart comes near


class Unit(str, Enum):
    """The piece of text that lengths, speed and BLEU's n-grams are counted in.

    A line of Thai or Chinese is one word to a measure that looks for spaces: it has no 2-gram, and
    BLEU is 0 whatever is said. One decision for a corpus, from its gold targets: see
    `ParallelText`.
    """

    WORD = "word"
    CHARACTER = "character"

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Unit":
        """Which one a text asks for: characters, if most of its own are of a script without spaces
        between words, or if what stands between spaces has more than 20 of them in the mean.

        >>> Unit.of(["ฉันรักเธอ", "TED ครับ"]).value, Unit.of(["I love you", "ครับ"]).value
        ('character', 'word')
        """
        words = characters = unspaced = 0
        for line in lines:
            found = line.split()
            words += len(found)
            characters += sum(map(len, found))
            unspaced += 0 if line.isascii() else len(_UNSPACED.findall(line))
        apart = 2 * unspaced <= characters <= LONG * words
        return cls.WORD if apart else cls.CHARACTER

    @property
    def plural(self) -> str:
        """ "words" or "characters"."""
        return f"{self.value}s"

    def cut(self, line: str) -> list[str]:
        """A line's words, or its characters (code points) without the white space between.

        >>> Unit.WORD.cut("to be"), Unit.CHARACTER.cut("to be")
        (['to', 'be'], ['t', 'o', 'b', 'e'])
        """
        words = line.split()
        return words if self is Unit.WORD else list("".join(words))

    def count(self, lines: Iterable[str]) -> int:
        """How many of them these lines have together."""
        return sum(len(self.cut(line)) for line in lines)

    @classmethod
    def _missing_(cls, value: object) -> None:
        names = " or ".join(repr(unit.value) for unit in cls)
        raise RecipeError(f"unit is {value!r}; expected {names}.")
