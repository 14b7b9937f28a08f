"""Machines that judge: one kind a module."""
