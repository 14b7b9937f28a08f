"""A programme in one row and on one page."""
