"""Works of art: every kind of file."""
