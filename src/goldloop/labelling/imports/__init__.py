"""Uploads and imports: what a file would become, and taking it in."""
