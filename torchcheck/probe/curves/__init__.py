"""Learning curves of a run: the losses of its backwards, and those of its evaluations."""
