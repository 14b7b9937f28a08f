"""Releases in action: prepared, cut, delivered, withdrawn; labels as they stand."""
