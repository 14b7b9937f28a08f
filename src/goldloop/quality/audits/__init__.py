"""Audits of releases: what was delivered is judged again, blind."""
