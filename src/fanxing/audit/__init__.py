"""Who did what, when, to what: append-only, sealed into a hash chain."""
