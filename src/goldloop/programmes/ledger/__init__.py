"""A programme's signing keys, and its ledger as a file that an auditor checks."""
