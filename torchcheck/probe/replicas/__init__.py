"""What this process notes of its model, to be compared with those of other ranks."""
