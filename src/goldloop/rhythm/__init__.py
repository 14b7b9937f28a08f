"""The rhythm of a programme: what is due when, how it stands as a whole, what a week changed.

Reads what the capabilities compute, and computes none of it a second time.
"""
