"""How much is read before a reader says no.

A bound keeps a mistake (a file without line ends, an unclosed quote) and a bomb (a megabyte of gzip
that unpacks to a gigabyte) from taking the machine's memory, disk or afternoon. Reading text takes
up to 300 bytes a row and twice the text's bytes, so 1 GB at these limits; and time in proportion.
They are looked up at each use: to allow more, set one before,
`kdlab.corpora.limits.ROWS = 20_000_000`.
"""

DOWNLOAD = 1 << 31  # bytes of a file that is fetched; iwslt15's is some hundred million
UNPACKED = 1 << 31  # bytes of an archive, unpacked
MEMBERS = 10_000  # of an archive
NAME = 255  # bytes of a member's name, its folders with it

LINE_BYTES = 1 << 20  # of one line, its end included
ALL_BYTES = 1 << 28  # of one file, unpacked
ROWS = 2_000_000  # of one corpus
# Characters of one side of a pair. Attention takes memory with the square of a sentence's length:
# one of 50,000 bytes took 8 GB. The longest in the book's corpora has 624.
SENTENCE = 2_000
