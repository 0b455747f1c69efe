"""How much of anyone's text is read before a reader says no.

A bound keeps a mistake (a file without line ends, an unclosed quote) and a bomb (a megabyte of gzip
that unpacks to a gigabyte) from taking the machine's memory. Reading takes up to 300 bytes a row
and twice the text's bytes, so 1 GB at these limits; and time in proportion to the text.
They are looked up when a file is read. To read more: `kdlab.corpora.limits.ROWS = 20_000_000`.
"""

LINE_BYTES = 1 << 20  # of one line, its end included
ALL_BYTES = 1 << 28  # of one file, unpacked
ROWS = 2_000_000  # of one corpus
# Characters of one side of a pair. Attention takes memory with the square of a sentence's length:
# one of 50,000 bytes took 8 GB. The longest in the book's corpora has 624.
SENTENCE = 2_000
