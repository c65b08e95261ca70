"""What `torchcheck run --live` shows on a terminal while a script trains."""
