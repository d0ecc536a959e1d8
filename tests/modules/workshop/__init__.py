"""A workshop whose stock is counted by long work: every word of actions and selections."""
