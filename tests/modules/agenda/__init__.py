"""An agenda: embedded objects and lists of every kind."""
