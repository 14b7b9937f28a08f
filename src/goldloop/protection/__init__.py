"""Protection of data: erasure, retention, the vault, terms, the air gap.

Reads items, judgements and releases; makes what is erased of them, openings of tokens, and accepted terms.
"""
