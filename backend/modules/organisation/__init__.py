"""How the organisation is built: its units, its people, and who belongs where."""
