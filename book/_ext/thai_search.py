"""Search that finds Thai words in a page, and English ones by their stem.

Sphinx cuts a query and a page at everything that is not a letter. Thai vowel signs and tone marks
are combining marks, so it would cut inside words: กลั่น would be looked for as กล and น.
"""

import re

from sphinx.application import Sphinx
from sphinx.search import languages
from sphinx.search.en import SearchEnglish

# Letters and digits, and the Thai marks above and below a consonant.
WORD = re.compile(r"[\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+")


class SearchThaiEnglish(SearchEnglish):
    """English stemming; Thai runs kept whole (the page's script finds any part of one)."""

    lang = "th"
    language_name = "Thai and English"
    # `var`, as the page declares the name a second time; marks (\p{M}) stay inside a word.
    js_splitter_code = (
        "var splitQuery = (query) => query.split(/[^\\p{L}\\p{M}\\p{N}_]+/gu).filter(Boolean);"
    )

    def split(self, input: str) -> list[str]:
        """The words of a text, for the index."""
        return WORD.findall(input)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the language `th` (chosen by `html_search_language` in the configuration)."""
    languages["th"] = SearchThaiEnglish
    return {"parallel_read_safe": True, "parallel_write_safe": True}
