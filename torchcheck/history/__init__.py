"""What each run leaves behind: one folder, with its code, its settings, its numbers and what was found."""
