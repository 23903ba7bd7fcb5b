"""The demo: a township that does not exist, with two years of its ledger."""
