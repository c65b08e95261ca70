"""What the parts of a run are for: which calls of a model train it, and which only look at it."""
