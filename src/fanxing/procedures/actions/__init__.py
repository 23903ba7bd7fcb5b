"""Writing matters: opening one, taking its steps, deciding together, and what the clock does."""
