"""What changes units, people and posts."""
