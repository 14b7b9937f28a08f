"""Everything kept: one SQLAlchemy Core schema on SQLite or PostgreSQL, blobs, and the ledger. One module a noun.

Functions take a connection; `store.read()` and `store.write()` make one. Big tables hold integer keys, 32-byte digests,
times as microseconds and canonical JSON as text, the same on both databases.
"""
