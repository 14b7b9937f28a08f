"""Statements of a month: what a client owes, and what people are paid."""
