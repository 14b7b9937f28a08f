"""Fixtures that every test may ask for."""

from tests.databases import postgres, sqlite_template, store

__all__ = ["postgres", "sqlite_template", "store"]
