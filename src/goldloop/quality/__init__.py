"""Annotation QA: reads Judgement and Batch; makes audit Batches, Evidence and the Verdict of a gate."""
