"""The peers' workers import what only their own environment has: no doctests are looked for."""

collect_ignore = ["peers"]
