"""Items that people alone may label: how many, what no trigger suspected, and the proof."""
