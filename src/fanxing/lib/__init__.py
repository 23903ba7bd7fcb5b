"""Leaf functions without models, shared by every stage."""
