"""A suite run whole on invented text of a corpus's real size."""
