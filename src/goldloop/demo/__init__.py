"""The main job from a raw file to a proved release, on a small data set of our own, with simulated people."""
