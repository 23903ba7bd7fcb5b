"""Photos and files beside records: never required, never counted, kept as long as the kind of record says."""
