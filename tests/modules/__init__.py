"""Modules of the tests: each uses words of the declaration language that the shipped ones do not need yet."""
