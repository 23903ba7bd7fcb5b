"""Records out of spreadsheets: read, matched, checked, looked at, imported."""
