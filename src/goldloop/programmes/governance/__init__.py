"""Ontology and guidelines on their way into force, and the labels that must be looked at again."""
