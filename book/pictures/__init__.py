"""The book's drawn pictures: `PYTHONPATH=book python -m pictures` writes them as SVG.

draw        the few shapes of which all are made, in one style
chNN        the pictures of a chapter: a function each, its name the file's

A page takes one in by `{picture} NAME`, as part of the page: its colours follow the theme, a
browser shapes its Thai, and its title is read aloud.
"""
