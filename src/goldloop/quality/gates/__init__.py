"""The gate of a batch: its audit, its verdict, where errors come from, and what repairs them."""
