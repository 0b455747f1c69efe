"""Write each chapter as a notebook that reads well where no MyST is known: Colab, GitHub, Jupyter.

    PYTHONPATH=book python -m lowering        (`make notebooks` does this)

parse       a chapter's cells, its Markdown tokens, its roles
labels      what can be referred to, in all pages: equations, figures, exercises, sections, terms
inline      roles, footnotes and links inside running text
directives  one function per directive, to plain Markdown
notebook    a whole chapter: blocks replaced bottom up, cells put together, leftovers refused

Blocks are found by the book's own Markdown parser, never by a pattern: fences nest, and code may
hold anything that looks like a directive.
"""
