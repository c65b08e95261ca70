"""What is told of a run to those who keep it, a history or a logger of the user's: plain data, on sampled steps."""
