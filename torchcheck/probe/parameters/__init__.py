"""Who owns the parameters of a program, who trains them, and which of them learn."""
