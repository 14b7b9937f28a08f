"""Exams, hidden gold and training: how people stand, and the gold sets themselves."""
