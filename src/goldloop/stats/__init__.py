"""Statistics for labelled data: arrays and long tables in, small frozen results out.

Usable alone: `from goldloop.stats import agreement`. NumPy and SciPy only; one algorithm a module, one area a package.
Every result keeps its denominator, and a value that cannot be computed is None with its reason, never 0 or 1.
"""
