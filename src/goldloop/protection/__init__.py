"""Protection of data and of people: erasure, retention, the vault, terms, harmful content, the air gap.

Reads items, judgements and releases; makes what is erased of them, openings of tokens, and accepted terms.
"""
