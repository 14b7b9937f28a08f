"""From judgements to evidence: one kind a module."""
