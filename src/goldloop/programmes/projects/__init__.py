"""Whole projects of other tools, looked through before anything of them comes in."""
