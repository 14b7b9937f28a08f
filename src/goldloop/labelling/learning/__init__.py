"""What to label next, and how a model learns round by round."""
