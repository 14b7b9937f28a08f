"""Versions of models: registered, trained, tried, compared, promoted, and what they say."""
