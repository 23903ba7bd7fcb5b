"""What is done to units and people from the command line."""
