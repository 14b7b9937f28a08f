"""The verbs that all nine capabilities share: take in, open work, hand out, submit, decide, draw, measure, gate, seal.

They read and write the store; what they do is decided by policy and by rules that are handed in.
"""
