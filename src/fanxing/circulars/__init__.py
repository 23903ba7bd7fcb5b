"""Circulars to exactly those concerned: read, answered, put right; warnings that are passed on, and teams that are called up."""
