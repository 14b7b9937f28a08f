"""Deliveries of other providers, gated like our own batches."""
