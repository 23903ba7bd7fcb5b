"""What is done to scores from the command line."""
