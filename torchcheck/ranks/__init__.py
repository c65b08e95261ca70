"""Many processes that train together: each watches itself, and one of them tells what all have found."""
