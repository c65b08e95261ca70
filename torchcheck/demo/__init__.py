"""The two training loops of `torchcheck demo`."""
