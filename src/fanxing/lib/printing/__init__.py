"""Papers to print, sign and hang up: a document in a few blocks, written as Word or as PDF."""
