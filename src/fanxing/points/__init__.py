"""Points of members: who took part in what the ledger says, where a branch has turned them on."""
