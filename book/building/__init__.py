"""Build the book: fetch its JavaScript, run its chapters two at a time, write the pages.

    PYTHONPATH=book python -m building        (`make book` does this)

vendor     the pages' JavaScript and fonts, from the npm packages that package.json pins
chapters   the chapters of the table of contents, and the key under which a run of one stays good
execution  run chapters side by side in one-thread kernels and keep what they showed
site       Jupyter Book over the kept outputs; stale pages are thrown away first
"""
