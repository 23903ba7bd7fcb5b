"""What is done to the programme from the command line."""
