"""Chests with something to hide from those who may open them."""
