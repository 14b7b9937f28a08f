"""Evaluations of engineers, taken in slice by slice; what is wrong is a brief."""
