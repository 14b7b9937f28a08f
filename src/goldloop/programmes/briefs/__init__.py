"""Briefs as people read and work them."""
