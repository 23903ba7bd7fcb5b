"""What is done to matters, and to all ledgers together, from the command line."""
