"""A library: every kind of reference, every delete strategy."""
