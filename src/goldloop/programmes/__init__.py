"""8: RACI, briefs, lineage, releases, capacity, governance. Reads evidence and verdicts; makes briefs and releases."""
