"""From the ledger to facts, runs and scores, and back to the records behind them."""
