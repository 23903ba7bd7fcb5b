"""The ledger: append-only records of what was done."""
