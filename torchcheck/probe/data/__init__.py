"""The data that a training is given: its targets, its order, and what its parts have in common."""
