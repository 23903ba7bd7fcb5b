"""The arithmetic: a facts table to points, stars, tiers and their explanation."""
