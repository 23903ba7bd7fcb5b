"""The background worker as a command."""
