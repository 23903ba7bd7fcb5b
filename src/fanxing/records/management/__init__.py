"""What is done to the ledger from the command line."""
