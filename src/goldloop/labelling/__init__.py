"""Hybrid human and model labelling: reads Item, Judgement and Policy; makes Batch, Work and model Judgements.

Rules decide who looks at an item next and why; actions train and run models and open the work.
"""
