"""公示: something stands in public for some days, whoever objects is answered."""
