"""The abstract interpreter: follows values and the order of events through a program, without running it."""
