"""The commands of `torchcheck`, a file each; a command is imported when it is called."""
