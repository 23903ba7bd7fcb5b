"""The demo: a city that does not exist, with two years of its ledgers."""
