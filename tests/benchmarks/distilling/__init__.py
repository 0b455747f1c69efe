"""What distilling costs: a step's seconds and memory, cached teachers, decoding, translating."""
