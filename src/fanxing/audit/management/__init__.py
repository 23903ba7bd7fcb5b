"""What is done to the log from the command line."""
