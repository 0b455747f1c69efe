"""How much is read before a reader says no.

A bound keeps a mistake and a bomb (a megabyte of gzip that unpacks to a gigabyte) from taking the
machine's memory, disk or afternoon. They are looked up at each use: to allow more, set one before,
`kdlab.corpora.limits.UNPACKED = 1 << 33`.
"""

DOWNLOAD = 1 << 31  # bytes of a file that is fetched; iwslt15's is some hundred million
UNPACKED = 1 << 31  # bytes of an archive, unpacked
MEMBERS = 10_000  # of an archive
NAME = 255  # bytes of a member's name, its folders with it
