"""Errors that come in clusters: found, told as findings, judged again."""
