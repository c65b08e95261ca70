"""Learning rates: the schedulers that change them, and optimizers that are built anew or stand still."""
